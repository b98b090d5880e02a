-- Staff look for the few pieces that nobody owns among the many that somebody does; a piece that is given is not written here.
create index pieces_not_owned on pieces (brand_id, collectible_id, serial) where state <> 'owned';
