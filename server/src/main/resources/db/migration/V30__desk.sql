-- What staff look for first, found without reading what went well.
create index deliveries_unreadable on deliveries (brand_id, batch_id) where state = 'unreadable';
create index entitlements_kept on entitlements (brand_id, changed_at) where state = 'kept';
