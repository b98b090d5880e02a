// Writes ../festival.json. The people, shops and pieces of the demonstration stand here in rows that can be read at a
// glance; what follows from them (minor units, ids, paths) is worked out below. Run: node festival.mjs
import { writeFileSync } from 'node:fs';

const t = (zh, en) => ({ zh, en });

const house = {
  key: 'isle',
  name: t('灯屿设计节', 'Lantern Isle Design Festival'),
  about: t(
    '每年秋天，灯屿上四十间铺子一起开门。岛、铺子、作者和作品都是虚构的，为展示这套系统而作。',
    'Every autumn the forty shops of Lantern Isle open their doors together. The island, its shops, its makers and their works are fictional, made to show this platform.'),
};

// key · zh · en · wall · trade · source · currency · about zh · about en · series zh · series en · products
// A product: sku · zh · en · category · price in whole units · vendor where it is not the brand itself
const brands = [
  ['lumen', '流明', 'Lumen', 'night', 'lamps', 'shopify', 'CNY', '做灯，也做暗处。', 'Makers of lamps, and of the dark around them.', '夜的形状', 'Shapes of Night', [
    ['LUM-DESK', '俯身台灯', 'Bow desk lamp', 'lamp', 399], ['LUM-NIGHT', '枕边小夜灯', 'Bedside night light', 'lamp', 129],
    ['LUM-PEND', '圆月吊灯', 'Full moon pendant', 'lamp', 880], ['LUM-BULB', '暖白灯泡两只', 'Two warm bulbs', 'lamp-part', 49, 'Tungsten Lane']]],
  ['heron', '鹭泥', 'Heron & Clay', 'indigo', 'ceramics', 'woocommerce', 'CNY', '水边的窑，一年烧四窑。', 'A kiln by the water, fired four times a year.', '山岚', 'Hill Mist', [
    ['HER-VASE', '青花小瓶', 'Small blue-and-white vase', 'ceramics', 268], ['HER-BOWL', '饭碗一对', 'Pair of rice bowls', 'tableware', 158],
    ['HER-PLATE', '七寸盘', 'Seven-inch plate', 'tableware', 88], ['HER-JAR', '盖罐', 'Lidded jar', 'ceramics', 198]]],
  ['kettle', '静壶', 'Quiet Kettle', 'ochre', 'teaware', 'shopify', 'CNY', '壶不说话，水说。', 'The pot keeps quiet; the water talks.', '一壶', 'One Pot', [
    ['KET-POT', '紫泥小壶', 'Small clay teapot', 'teaware', 328], ['KET-FAIR', '公道杯', 'Fairness cup', 'teaware', 98],
    ['KET-TRAY', '竹茶盘', 'Bamboo tea tray', 'teaware', 168], ['KET-SET', '四人茶席', 'Tea set for four', 'teaware', 688]]],
  ['steep', '第二泡', 'Second Steep', 'moss', 'tea', 'standard', 'CNY', '好茶在第二泡。', 'The second steep is the good one.', '杯底', 'Bottom of the Cup', [
    ['STP-GREEN', '雨前绿茶 50 克', 'Early green tea, 50 g', 'tea', 96], ['STP-WHITE', '白茶饼', 'White tea cake', 'tea', 188],
    ['STP-BLACK', '小种红茶 100 克', 'Smoky black tea, 100 g', 'tea', 128], ['STP-CUP', '白瓷杯', 'White porcelain cup', 'teaware', 68], ['STP-TIN', '茶罐', 'Tea tin', 'teaware', 58]]],
  ['owl', '鸮框', 'Owl Frame', 'lotus', 'eyewear', 'shopify', 'CNY', '给夜里看书的人。', 'For people who read at night.', '看见', 'Seeing', [
    ['OWL-ROUND', '玳瑁纹圆框', 'Round tortoise-pattern frame', 'frame', 459], ['OWL-SQUARE', '透明方框', 'Clear square frame', 'frame', 429],
    ['OWL-SUN', '琥珀太阳镜', 'Amber sunglasses', 'sunglasses', 520], ['OWL-CLOTH', '镜布三块', 'Three lens cloths', 'care', 39]]],
  ['longear', '长耳玩具', 'Long Ear Toys', 'lotus', 'toys', 'woocommerce', 'CNY', '耳朵长，听得见小孩说话。', 'Long ears, the better to hear children.', '十二个朋友', 'Twelve Friends', [
    ['EAR-HARE', '搪胶小兔', 'Vinyl hare', 'toy', 169], ['EAR-TIGER', '搪胶小虎', 'Vinyl tiger', 'toy', 169],
    ['EAR-PLUSH', '绒布兔', 'Plush hare', 'toy', 119], ['EAR-STAMP', '生肖印章', 'Zodiac stamp', 'stationery', 45]]],
  ['wobble', '不倒工坊', 'Wobble Works', 'moss', 'toys', 'standard', 'CNY', '推倒了会自己站起来。', 'Push it over and it gets up by itself.', '站得住', 'Still Standing', [
    ['WOB-BEAR', '木头小熊', 'Wooden bear', 'toy', 139], ['WOB-PANDA', '不倒翁熊猫', 'Wobbling panda', 'toy', 99],
    ['WOB-BLOCK', '积木三十块', 'Thirty blocks', 'toy', 199], ['WOB-PUZZLE', '山水拼图', 'Landscape puzzle', 'toy', 79]]],
  ['tern', '燕鸥帆具', 'Tern & Tiller', 'indigo', 'sailing gear', 'shopify', 'CNY', '绳结打得慢，但不会松。', 'Knots tied slowly, and for good.', '近海', 'Inshore', [
    ['TRN-BAG', '帆布水桶包', 'Sailcloth bucket bag', 'bag', 299], ['TRN-ROPE', '棉绳手环', 'Cotton rope bracelet', 'accessory', 59],
    ['TRN-COAT', '防风外套', 'Windproof jacket', 'apparel', 699, 'North Jetty']]],
  ['wetlane', '湿巷伞铺', 'Wet Lane', 'lotus', 'umbrellas', 'woocommerce', 'CNY', '只在下雨天打折，所以从不打折。', 'Discounts on rainy days only; indoors, it never rains.', '雨具', 'Rainwear', [
    ['WET-OIL', '油纸伞', 'Oil-paper umbrella', 'umbrella', 238], ['WET-FOLD', '三折伞', 'Folding umbrella', 'umbrella', 128],
    ['WET-BOOT', '短雨靴', 'Ankle rain boots', 'footwear', 189]]],
  ['highthread', '高线风筝', 'High Thread Kites', 'indigo', 'kites', 'standard', 'CNY', '线够长，人就不急。', 'With enough thread there is no hurry.', '有风', 'A Fair Wind', [
    ['HIG-SWAL', '沙燕风筝', 'Swallow kite', 'outdoor', 149], ['HIG-REEL', '木线轮', 'Wooden reel', 'outdoor', 89], ['HIG-KIT', '自己糊风筝', 'Make-a-kite kit', 'toy', 69]]],
  ['hum', '嗡嗡电台', 'Hum & Dial', 'ochre', 'audio', 'shopify', 'CNY', '旋钮还是要拧的好。', 'A dial is for turning.', '听', 'Listening', [
    ['HUM-RADIO', '木壳收音机', 'Wooden radio', 'audio', 499], ['HUM-PHONE', '头戴耳机', 'Headphones', 'audio', 599],
    ['HUM-SPEAK', '桌面小音箱', 'Desk speaker', 'audio', 359], ['HUM-CABLE', '编织线', 'Braided cable', 'audio-part', 49]]],
  ['squint', '眯眼相机', 'Squint & Click', 'ochre', 'cameras', 'shopify', 'JPY', '一天只拍一张。', 'One picture a day.', '一天一张', 'One a Day', [
    ['SQU-CAM', '半格相机', 'Half-frame camera', 'camera', 28600], ['SQU-FILM', '胶卷三卷', 'Three rolls of film', 'film', 3900],
    ['SQU-STRAP', '皮背带', 'Leather strap', 'camera-part', 6800], ['SQU-ALBUM', '布面相册', 'Cloth album', 'stationery', 4400]]],
  ['puddle', '跳水洼', 'Puddlejump', 'moss', 'footwear', 'shopify', 'CNY', '鞋是用来踩水洼的。', 'Shoes are for puddles.', '步子', 'Steps', [
    ['PUD-LOW', '低帮跑鞋', 'Low runner', 'footwear', 429], ['PUD-HIGH', '高帮布鞋', 'High canvas shoe', 'footwear', 369],
    ['PUD-SOCK', '羊毛袜两双', 'Two pairs of wool socks', 'apparel', 79], ['PUD-LACE', '反光鞋带', 'Reflective laces', 'footwear-part', 29]]],
  ['halffan', '半扇', 'Half Fan', 'plain', 'fans', 'woocommerce', 'CNY', '打开一半就够凉快。', 'Half open is cool enough.', '起风', 'A Little Breeze', [
    ['HAL-FOLD', '折扇', 'Folding fan', 'fan', 158], ['HAL-ROUND', '团扇', 'Round silk fan', 'fan', 198], ['HAL-STAND', '扇架', 'Fan stand', 'home', 68]]],
  ['thrum', '咚咚鼓坊', 'Thrum Drumworks', 'lotus', 'instruments', 'standard', 'CNY', '先听见，后看见。', 'Heard first, seen later.', '声响', 'Resounding', [
    ['THR-DRUM', '堂鼓', 'Hall drum', 'instrument', 560], ['THR-BELL', '铜风铃', 'Bronze wind bell', 'home', 148],
    ['THR-STICK', '鼓槌一对', 'Pair of drumsticks', 'instrument', 48], ['THR-HAND', '拨浪鼓', 'Rattle drum', 'toy', 39]]],
  ['stage', '纸上戏台', 'Paper Stage', 'ochre', 'theatre paper', 'woocommerce', 'CNY', '一张纸，也能唱一出。', 'One sheet of paper, one whole play.', '登场', 'Entrances', [
    ['STG-MASK', '纸浆脸谱', 'Papier-mâché mask', 'craft', 218], ['STG-PUPPET', '皮影一套', 'Shadow puppet set', 'craft', 168], ['STG-CARD', '戏票书签', 'Ticket bookmarks', 'stationery', 32]]],
  ['corner', '折角书社', 'Folded Corner Books', 'plain', 'books', 'standard', 'EUR', '书是可以折角的。', 'You may fold the corner.', '读到这里', 'Read So Far', [
    ['COR-TALES', '《短的故事》', 'Short Tales', 'book', 18], ['COR-ATLAS', '《小岛地图》', 'An Atlas of Small Islands', 'book', 34],
    ['COR-NOTE', '空白本', 'Blank notebook', 'stationery', 12], ['COR-LIGHT', '夹书灯', 'Book light', 'lamp', 26]]],
  ['foldpond', '折池纸品', 'Folding Pond', 'lotus', 'paper', 'shopify', 'CNY', '一折成鸟，再折成船。', 'One fold for a bird, one more for a boat.', '一张纸', 'One Sheet', [
    ['FOL-PAPER', '千纸鹤纸', 'Crane paper', 'stationery', 36], ['FOL-LETTER', '信笺信封', 'Letter set', 'stationery', 58], ['FOL-LAMP', '折纸灯罩', 'Folded lampshade', 'lamp', 219]]],
  ['tidepond', '浅塘', 'Shallow Pond', 'indigo', 'glass', 'saleor', 'CNY', '吹一口气，留住一条鱼。', 'One breath of glass holds a fish.', '水纹', 'Ripples', [
    ['TID-KOI', '玻璃锦鲤', 'Glass koi', 'home', 288], ['TID-CUP', '水波杯', 'Ripple tumbler', 'tableware', 78], ['TID-BOWL', '浅钵', 'Shallow bowl', 'tableware', 138]]],
  ['oldmoss', '老苔园艺', 'Old Moss Garden', 'moss', 'plants', 'woocommerce', 'CNY', '长得慢的才好看。', 'Slow growth looks best.', '窗台', 'Windowsill', [
    ['OLD-PINE', '五针松盆景', 'White pine bonsai', 'plant', 468], ['OLD-CACT', '开花仙人掌', 'Flowering cactus', 'plant', 59],
    ['OLD-SHEARS', '修枝剪', 'Pruning shears', 'garden', 118], ['OLD-SOIL', '赤玉土两升', 'Two litres of akadama soil', 'garden', 39]]],
  ['stonestep', '石步', 'Stone Step', 'moss', 'garden stone', 'standard', 'CNY', '过桥要慢。', 'Cross slowly.', '过桥', 'Crossings', [
    ['STO-BRIDGE', '案头石桥', 'Desk-top bridge', 'home', 260], ['STO-LAMP', '石灯笼', 'Stone lantern', 'garden', 420], ['STO-INCENSE', '线香', 'Incense sticks', 'home', 66]]],
  ['nap', '午睡钟表', 'Nap Clockworks', 'ochre', 'clocks', 'shopify', 'CNY', '叫醒你之前会先犹豫一下。', 'They hesitate before waking you.', '不急', 'No Rush', [
    ['NAP-ALARM', '双铃闹钟', 'Twin-bell alarm clock', 'clock', 188], ['NAP-SAND', '三分钟沙漏', 'Three-minute hourglass', 'clock', 88],
    ['NAP-WALL', '挂钟', 'Wall clock', 'clock', 328], ['NAP-PILLOW', '午睡枕', 'Nap pillow', 'home', 109]]],
  ['rocket', '厨房火箭', 'Kitchen Rocket', 'night', 'science kits', 'saleor', 'CNY', '小苏打能去的地方。', 'As far as baking soda goes.', '发射', 'Lift-off', [
    ['ROC-KIT', '水火箭套装', 'Water rocket kit', 'toy', 129], ['ROC-VOLC', '火山实验盒', 'Volcano box', 'toy', 89], ['ROC-BOOK', '《在家做实验》', 'Experiments at Home', 'book', 48]]],
  ['basin', '盆中峰', 'Basin & Peak', 'plain', 'scholar objects', 'woocommerce', 'CNY', '一座山，放得进书房。', 'A mountain that fits the study.', '案上山', 'Desk Mountains', [
    ['BAS-ROCK', '供石', 'Scholar’s rock', 'home', 398], ['BAS-BRUSH', '笔山', 'Brush rest', 'stationery', 128], ['BAS-INK', '松烟墨', 'Pine-soot ink', 'stationery', 86], ['BAS-WASH', '水盂', 'Water pot', 'stationery', 96]]],
  ['cocoa', '彗星可可', 'Comet Cocoa', 'night', 'chocolate', 'shopify', 'CNY', '七十六年一次，每天都有。', 'Once in seventy-six years, and every day.', '经过', 'Passing By', [
    ['COC-BAR', '七成黑巧', 'Seventy per cent bar', 'food', 38], ['COC-BOX', '行星夹心八颗', 'Eight planet pralines', 'food', 98], ['COC-POWDER', '热可可粉', 'Hot cocoa powder', 'food', 68]]],
  ['upward', '向上箱包', 'Upward Trunks', 'ochre', 'luggage', 'standard', 'CNY', '装得少，走得高。', 'Pack less, go higher.', '离地', 'Off the Ground', [
    ['UPW-CASE', '登机箱', 'Cabin case', 'bag', 799], ['UPW-PACK', '轻背包', 'Light backpack', 'bag', 329], ['UPW-TAG', '行李牌', 'Luggage tag', 'accessory', 49]]],
  ['twobells', '双铃车行', 'Two Bells Cycles', 'moss', 'bicycles', 'saleor', 'CNY', '慢车靠右。', 'Slow ones keep right.', '慢车', 'Slow Rides', [
    ['TWO-BIKE', '城市单车', 'City bicycle', 'bicycle', 1680], ['TWO-BELL', '黄铜车铃', 'Brass bell', 'bicycle-part', 79], ['TWO-BASKET', '藤车筐', 'Wicker basket', 'bicycle-part', 159], ['TWO-LIGHT', '车灯', 'Bicycle light', 'bicycle-part', 99]]],
  ['attic', '阁楼唱片', 'Groove Attic', 'lotus', 'records', 'shopify', 'CNY', '翻面的时候，喝口茶。', 'Turn it over; have some tea.', 'A 面', 'Side A', [
    ['ATT-LP', '《屋顶》黑胶', '“Rooftop”, vinyl', 'record', 188], ['ATT-EP', '《楼梯》七寸', '“Stairs”, seven-inch', 'record', 98], ['ATT-BRUSH', '唱片刷', 'Record brush', 'audio-part', 59]]],
  ['strings', '轻弦', 'Quiet Strings', 'ochre', 'instruments', 'woocommerce', 'CNY', '邻居说可以再响一点。', 'The neighbours say: a little louder.', '弹一曲', 'One Tune', [
    ['STR-PIPA', '小琵琶', 'Small pipa', 'instrument', 980], ['STR-SET', '琴弦一套', 'Set of strings', 'instrument-part', 88], ['STR-BOOK', '《入门二十曲》', 'Twenty First Tunes', 'book', 45]]],
  ['boots', '苔靴', 'Mossy Boots', 'moss', 'outdoor', 'shopify', 'CNY', '走到没有信号的地方。', 'Walk until there is no signal.', '林下', 'Under the Trees', [
    ['BOO-TENT', '双人帐篷', 'Two-person tent', 'outdoor', 899], ['BOO-STOVE', '柴火炉', 'Twig stove', 'outdoor', 239],
    ['BOO-CUP', '搪瓷杯', 'Enamel mug', 'tableware', 59], ['BOO-SOCK', '徒步袜', 'Hiking socks', 'apparel', 69]]],
  ['sunday', '礼拜天冰室', 'Sunday Ice', 'lotus', 'ice', 'standard', 'CNY', '天天都是礼拜天。', 'Every day is Sunday.', '消暑', 'Cooling Off', [
    ['SUN-POP', '红豆冰棒十支', 'Ten red-bean ice lollies', 'food', 60], ['SUN-MOULD', '冰棒模具', 'Lolly mould', 'kitchen', 49], ['SUN-BOWL', '刨冰碗', 'Shaved-ice bowl', 'tableware', 72]]],
  ['steam', '七点蒸', 'Seven O’Steam', 'plain', 'breakfast', 'woocommerce', 'CNY', '七点开笼，卖完睡觉。', 'Lids off at seven; asleep once sold.', '早饭', 'Breakfast', [
    ['STE-BUN', '冷冻肉包十二只', 'Twelve frozen buns', 'food', 52], ['STE-BASKET', '竹蒸笼', 'Bamboo steamer', 'kitchen', 89], ['STE-SAUCE', '辣油', 'Chilli oil', 'food', 28], ['STE-BOWL', '豆浆碗', 'Soy-milk bowl', 'tableware', 42]]],
  ['armchair', '扶手椅地图社', 'Armchair Atlas', 'indigo', 'maps', 'shopify', 'USD', '坐着去的旅行。', 'Journeys made sitting down.', '远方', 'Far Away', [
    ['ARM-GLOBE', '桌面地球仪', 'Desk globe', 'home', 89], ['ARM-MAP', '岛屿挂图', 'Wall map of islands', 'map', 36], ['ARM-COMP', '黄铜指南针', 'Brass compass', 'outdoor', 42]]],
  ['line9', '九号线模型', 'Line Nine Models', 'moss', 'models', 'standard', 'CNY', '末班车永远赶得上。', 'Nobody misses this last tram.', '慢线', 'The Slow Line', [
    ['LIN-TRAM', '电车模型', 'Tram model', 'model', 358], ['LIN-TRACK', '轨道一米', 'One metre of track', 'model', 68], ['LIN-STOP', '站台套件', 'Platform kit', 'model', 128]]],
  ['suds', '鲸沫皂', 'Whale Suds', 'indigo', 'soap', 'saleor', 'CNY', '泡沫是海的一部分。', 'Foam is part of the sea.', '深呼吸', 'Deep Breath', [
    ['SUD-BAR', '海盐皂', 'Sea-salt soap', 'bath', 36], ['SUD-SET', '四季皂礼盒', 'Four seasons of soap', 'bath', 148], ['SUD-DISH', '陶皂碟', 'Clay soap dish', 'home', 58]]],
  ['bathtub', '浴缸舰队', 'Bathtub Navy', 'ochre', 'bath toys', 'woocommerce', 'CNY', '水深二十厘米，也要列队。', 'In twenty centimetres of water, in formation.', '列队', 'In Formation', [
    ['BAT-DUCK', '黄鸭', 'Yellow duck', 'toy', 29], ['BAT-FLEET', '小舰队五只', 'Fleet of five', 'toy', 109], ['BAT-TOWEL', '连帽浴巾', 'Hooded towel', 'home', 139]]],
  ['frost', '霜园', 'Frost Orchard', 'ochre', 'fruit', 'standard', 'CNY', '霜打过，才甜。', 'Sweet after the first frost.', '霜降', 'First Frost', [
    ['FRO-FRESH', '鲜柿六只', 'Six fresh persimmons', 'food', 58], ['FRO-DRIED', '柿饼礼盒', 'Dried persimmon box', 'food', 108], ['FRO-VINEGAR', '柿子醋', 'Persimmon vinegar', 'food', 46]]],
  ['flour', '面粉与风', 'Flour & Vane', 'plain', 'bakery', 'saleor', 'CNY', '风停了就关门。', 'Closed when the wind drops.', '磨坊', 'At the Mill', [
    ['FLO-LOAF', '乡村面包', 'Country loaf', 'food', 36], ['FLO-FLOUR', '石磨全麦粉两公斤', 'Two kilos of stone-ground flour', 'food', 42], ['FLO-TIN', '面包模', 'Loaf tin', 'kitchen', 68], ['FLO-APRON', '麻布围裙', 'Linen apron', 'apparel', 128]]],
  ['sit', '坐一会儿', 'Sit Awhile', 'indigo', 'furniture', 'saleor', 'CNY', '不做沙发，怕你起不来。', 'No sofas; you would never get up.', '坐具', 'Seats', [
    ['SIT-CHAIR', '蝴蝶椅', 'Butterfly chair', 'furniture', 1280], ['SIT-STOOL', '小板凳', 'Small stool', 'furniture', 268], ['SIT-PAD', '羊毛坐垫', 'Wool seat pad', 'home', 158]]],
  ['sparrow', '砖与雀', 'Brick & Sparrow', 'lotus', 'building models', 'woocommerce', 'CNY', '给麻雀留了檐口。', 'Every eave leaves room for sparrows.', '檐下', 'Under the Eaves', [
    ['SPA-PAGODA', '七层塔积木', 'Seven-storey pagoda kit', 'model', 399], ['SPA-GATE', '城门积木', 'City gate kit', 'model', 299], ['SPA-BRICK', '迷你砖一斤', 'Half a kilo of tiny bricks', 'model', 66]]],
];

// key · zh · en · virtual · about zh · about en
const creators = [
  ['wen', '闻', 'Wen', 0, '画夜景的人，白天睡觉。', 'Draws the night and sleeps by day.'],
  ['arbor', '小乔木', 'Little Arbor', 0, '做木头玩具，也种木头。', 'Makes wooden toys, and plants the wood.'],
  ['ruan', '阮半夏', 'Ruan Banxia', 0, '陶工，只用三种釉。', 'A potter with three glazes and no fourth.'],
  ['tadpole', '蝌蚪先生', 'Mr Tadpole', 0, '玩具设计师，收集别人丢掉的轮子。', 'A toy designer who collects lost wheels.'],
  ['lin', '林不语', 'Lin Buyu', 0, '金工，话少。', 'A metalworker of few words.'],
  ['ayan', '阿砚', 'Ayan', 0, '纸和墨，偶尔用水。', 'Paper and ink, now and then water.'],
  ['quill', '玛丽索·羽', 'Marisol Quill', 0, '插画师，把鸟画在每张画的角落。', 'An illustrator who hides a bird in every picture.'],
  ['otto', '奥托·维尔', 'Otto Vell', 0, '工业设计师，相信旋钮。', 'An industrial designer who believes in dials.'],
  ['suzuha', '铃羽', 'Suzuha', 0, '摄影师，做过钟表学徒。', 'A photographer, once apprenticed to a clockmaker.'],
  ['pell', '佩尔父女', 'Pell & Daughter', 0, '父亲造船，女儿上色。', 'He builds boats; she paints them.'],
  ['ninecups', '九杯工作室', 'Nine Cups Studio', 0, '九个人，共用九只杯子。', 'Nine people and nine cups between them.'],
  ['gu', '顾岩来', 'Gu Yanlai', 0, '建筑师，量过两百座塔。', 'An architect who has measured two hundred towers.'],
  ['ines', '伊内斯·法罗', 'Ines Farrow', 0, '园丁和雕塑师，先园丁。', 'Gardener and sculptor, in that order.'],
  ['tang', '唐小满', 'Tang Xiaoman', 0, '画吃的，画完就吃。', 'Draws food, then eats it.'],
  ['vesper', '薄暮', 'Vesper', 1, '虚拟人，只在日落后的一小时创作。', 'A virtual human who works in the hour after sunset.'],
  ['nuo', '糯七', 'Nuo Seven', 1, '虚拟人，梦里做软的东西。', 'A virtual human who dreams of soft things.'],
  ['lanxu', '岚絮', 'Lan Xu', 1, '虚拟人，由一年的风声训练而成。', 'A virtual human raised on a year of wind recordings.'],
  ['tin', '锡声', 'Echo of Tin', 1, '虚拟人，喜欢旧机器的响动。', 'A virtual human fond of old machines.'],
];

// key · brand · creator · zh · en · matter zh · matter en · supply (0 = open) · withheld · wall · model · about zh · about en · alt zh · alt en · traits
// A trait: name zh · name en · value zh · value en
const designs = [
  ['moonrise', 'lumen', 'wen', '月升', 'Moonrise', '石膏质感球体，银釉水面，数字三维', 'Plaster-like sphere over silver-glazed water, digital 3D', 300, 20, 'night', 1, '月亮离开水面的那一刻，灯还没有开。', 'The moment the moon leaves the water, before any lamp is lit.', '一轮满月从深蓝色的水波上升起，下方是圆形底座', 'A full moon rising from dark blue waves on a round base', [['时刻', 'Hour', '戌时', 'Evening']]],
  ['bow-lamp', 'lumen', 'lin', '俯身', 'Bow', '黄铜与漆铁，关节可动', 'Brass and lacquered iron, jointed', 500, 10, 'plain', 0, '一盏肯低头的灯。', 'A lamp that is willing to bow.', '一盏墨绿色悬臂台灯，灯罩低垂，亮着暖光', 'A dark green angle-arm desk lamp, shade lowered and lit', [['光色', 'Light', '暖白', 'Warm white']]],
  ['hill-mist', 'heron', 'ruan', '山岚', 'Hill Mist', '瓷，青花釉下彩', 'Porcelain, underglaze cobalt', 300, 12, 'indigo', 0, '山画在瓶上，雾留白。', 'The hills are painted; the mist is left blank.', '一只白瓷梅瓶，瓶身绘青花山峦', 'A white porcelain vase painted with blue hills', [['釉', 'Glaze', '青花', 'Cobalt']]],
  ['quiet-pot', 'kettle', 'ninecups', '不响', 'Not a Sound', '紫泥，手拍成型', 'Purple clay, hand-beaten', 500, 20, 'ochre', 1, '水开了也不响，盖子会自己抬一抬。', 'It does not whistle; the lid lifts a little, that is all.', '一把赭褐色紫砂茶壶，圆腹短嘴，盖钮如珠', 'A brown clay teapot with a round belly, short spout and bead knob', [['泥', 'Clay', '紫泥', 'Purple clay']]],
  ['second-cup', 'steep', 'ninecups', '第二杯', 'The Second Cup', '白瓷，青绿内釉', 'White porcelain, celadon inside', 0, 0, 'moss', 0, '第一杯敬客，第二杯留给自己。', 'The first cup is for the guest, the second is yours.', '一只带把白瓷茶杯放在碟上，盛着琥珀色的茶', 'A white teacup with a handle on its saucer, full of amber tea', [['茶', 'Tea', '红茶', 'Black']]],
  ['night-reader', 'owl', 'otto', '夜读', 'Night Reader', '板材镜框，琥珀镜片', 'Acetate frame, amber lenses', 400, 15, 'lotus', 0, '戴上它，字会往前走一步。', 'Put them on and the words step forward.', '一副玳瑁纹圆框眼镜，琥珀色镜片，镜腿展开', 'Round tortoise-pattern glasses with amber lenses, arms open', [['框', 'Frame', '圆', 'Round']]],
  ['white-hare', 'longear', 'tadpole', '阿白', 'Ah Bai', '搪胶，手工涂装', 'Vinyl, painted by hand', 800, 30, 'lotus', 1, '围巾是奶奶织的，拿下来会打喷嚏。', 'Grandmother knitted the scarf; without it he sneezes.', '一只白色小兔玩偶，长耳竖起，系红围巾', 'A white toy hare with tall ears and a red scarf', [['性格', 'Temper', '慢热', 'Slow to warm']]],
  ['paper-tiger', 'longear', 'nuo', '纸老虎', 'Paper Tiger', '搪胶，橙黑条纹', 'Vinyl, orange and black stripes', 800, 30, 'ochre', 0, '看着凶，其实怕水。', 'Fierce to look at, afraid of water.', '一只橙色小老虎玩偶，黑色条纹，白肚皮', 'An orange toy tiger with black stripes and a white belly', [['性格', 'Temper', '嘴硬', 'All talk']]],
  ['honey-bear', 'wobble', 'arbor', '蜜饯', 'Honeyed', '榉木，蜂蜡', 'Beech wood, beeswax', 0, 0, 'moss', 0, '站得住，坐不住。', 'Good at standing, poor at sitting still.', '一只棕色木质小熊，圆耳朵，浅色口鼻', 'A brown bear with round ears and a pale muzzle', [['木', 'Wood', '榉木', 'Beech']]],
  ['wobble-panda', 'wobble', 'nuo', '推不倒', 'Cannot Be Pushed', '漆木，铅底', 'Lacquered wood, weighted base', 1200, 40, 'plain', 0, '推一下，它点点头。', 'Give it a push; it nods.', '一只圆滚滚的熊猫不倒翁，黑眼圈黑耳朵', 'A round panda tumbler with black ears and eye patches', [['重心', 'Balance', '很低', 'Very low']]],
  ['white-sail', 'tern', 'pell', '白帆', 'White Sail', '柚木船身，棉布帆', 'Teak hull, cotton sails', 300, 10, 'indigo', 0, '父亲造船，女儿选了帆的白。', 'The father built the hull; the daughter chose the white.', '一艘木质小帆船，两面白帆，红色船底', 'A small wooden sailing boat with two white sails and a red keel', [['风', 'Wind', '三级', 'Force three']]],
  ['red-rain', 'wetlane', 'ayan', '红雨', 'Red Rain', '桐油纸，竹骨', 'Tung-oiled paper, bamboo ribs', 400, 12, 'lotus', 0, '撑开的时候，巷子里暖了一点。', 'Opened, it warms the lane a little.', '一把撑开的红色油纸伞斜立着，竹骨可见', 'An open red oil-paper umbrella standing at a slant, bamboo ribs showing', [['骨', 'Ribs', '二十四', 'Twenty-four']]],
  ['swallow-line', 'highthread', 'quill', '线那头', 'The Far End of the Line', '绢面，竹骨，线长百米', 'Silk on bamboo, a hundred metres of line', 300, 10, 'indigo', 0, '放远了，看不见线，只看见手。', 'Far enough up you see no line, only the hand.', '一只彩色菱形风筝，带长长的蝴蝶结尾巴', 'A bright diamond kite with a long tail of bows', [['风', 'Wind', '二级', 'Force two']]],
  ['warm-dial', 'hum', 'otto', '暖台', 'Warm Dial', '胡桃木，织物网罩，黄铜', 'Walnut, woven grille, brass', 400, 15, 'ochre', 0, '夜里十一点，指针会停在一首老歌上。', 'At eleven at night the needle rests on an old song.', '一台胡桃木外壳的老式收音机，圆形旋钮，米色网罩', 'A walnut-cased old radio with round dials and a cream grille', [['波段', 'Band', '中波', 'Medium wave']]],
  ['hush', 'hum', 'tin', '静一静', 'Hush', '铝，羊皮耳垫', 'Aluminium, sheepskin pads', 500, 10, 'indigo', 0, '戴上以后，世界小声了。', 'Put them on and the world lowers its voice.', '一副米白色头戴耳机立在桌上，棕色耳垫', 'Cream over-ear headphones standing upright, with brown pads', [['声音', 'Sound', '近', 'Close']]],
  ['one-a-day', 'squint', 'suzuha', '一天一张', 'One a Day', '银色铝身，黑色蒙皮', 'Silver aluminium, black leatherette', 365, 0, 'plain', 0, '快门只响一次，请想好。', 'The shutter sounds once; think first.', '一台银黑两色的旁轴相机，镜头正对', 'A silver and black rangefinder camera, lens forward', [['格', 'Format', '半格', 'Half frame']]],
  ['puddle-jumper', 'puddle', 'tadpole', '跳水洼', 'Puddle Jumper', '针织鞋面，橡胶底', 'Knitted upper, rubber sole', 600, 20, 'moss', 0, '鞋底是一小片雨后的天。', 'The sole is a small piece of sky after rain.', '一只青绿色低帮运动鞋，白色厚底，橙色鞋带', 'A teal low-top sneaker with a thick white sole and orange laces', [['尺码', 'Size', '三十九', 'Thirty-nine']]],
  ['half-breeze', 'halffan', 'ayan', '半面风', 'Half a Breeze', '宣纸，湘妃竹', 'Mulberry paper, mottled bamboo', 300, 9, 'ochre', 0, '扇面画到一半，风来了。', 'Half the fan was painted when the wind came.', '一把展开的折扇，扇面绘青绿山水，竹骨', 'An open folding fan painted with green hills, bamboo ribs', [['面', 'Leaf', '青绿', 'Green and blue']]],
  ['hall-drum', 'thrum', 'lin', '开场', 'Opening Beat', '椿木，牛皮，铜钉', 'Toon wood, oxhide, brass studs', 0, 0, 'lotus', 0, '三下，人就到齐了。', 'Three beats and everyone is here.', '一面红色大鼓架在木架上，鼓边一圈铜钉', 'A red drum on a wooden stand, brass studs around its rim', [['声', 'Voice', '低', 'Low']]],
  ['eave-bell', 'thrum', 'lin', '檐铃', 'Eave Bell', '青铜，失蜡法', 'Bronze, lost-wax cast', 260, 8, 'moss', 0, '风不大，它就不说话。', 'Unless the wind means it, it says nothing.', '一口青铜钟，钟身有乳钉与弦纹，挂在木架下', 'A bronze bell with bosses and bands, hung in a wooden frame', [['音', 'Note', '羽', 'La']]],
  ['second-face', 'stage', 'quill', '第二张脸', 'Second Face', '纸浆，矿物颜料', 'Papier-mâché, mineral pigments', 300, 15, 'ochre', 0, '红是忠，白是留给你画的。', 'Red is for loyalty; the white is left for you.', '一张红白黑三色的戏曲脸谱面具，立在架上', 'An opera mask in red, white and black on a stand', [['行当', 'Role', '净', 'Painted face']]],
  ['read-so-far', 'corner', 'quill', '读到这里', 'Read So Far', '布面精装，烫金，红丝带', 'Cloth binding, gilt, red ribbon', 500, 20, 'moss', 0, '剩下的明天读。', 'The rest is for tomorrow.', '一本翻开的书，书页拱起，红丝带垂下', 'An open book, pages arched, a red ribbon hanging out', [['页', 'Page', '第八十四', 'Eighty-four']]],
  ['paper-crane', 'foldpond', 'ayan', '纸鹤', 'Paper Crane', '染色楮纸，二十四折', 'Dyed mulberry paper, twenty-four folds', 1000, 30, 'lotus', 1, '翅膀会动，线是看不见的。', 'The wings move; the string cannot be seen.', '一只朱红色的折纸鹤，双翅展开', 'A vermilion folded-paper crane with its wings spread', [['折', 'Folds', '二十四', 'Twenty-four']]],
  ['glass-koi', 'tidepond', 'lanxu', '红白', 'Red and White', '吹制玻璃，内嵌红色', 'Blown glass with red inclusions', 400, 14, 'indigo', 0, '转身的时候，水没有动。', 'It turns, and the water does not.', '一尾红白锦鲤从水花中跃起，尾鳍展开', 'A red and white koi leaping from a splash, tail fin spread', [['纹', 'Pattern', '三段', 'Three-step']]],
  ['old-pine', 'oldmoss', 'ines', '五十年', 'Fifty Years', '五针松，紫砂长盆', 'White pine in a long clay tray', 150, 10, 'moss', 0, '每年只剪三刀。', 'Three cuts a year, no more.', '一棵弯干松树盆景，云片状的针叶，栽在长方浅盆里', 'A bonsai pine with a bent trunk and cloud-shaped foliage in a shallow tray', [['年', 'Age', '五十', 'Fifty']]],
  ['bloom-late', 'oldmoss', 'ines', '迟开', 'Late Bloom', '陶盆，绒布仙人掌', 'Clay pot, felt cactus', 0, 0, 'ochre', 0, '三年没动静，昨晚开了。', 'Three years of nothing; last night, a flower.', '一株双臂仙人掌栽在陶盆里，顶上开一朵粉花', 'A two-armed cactus in a terracotta pot with a pink flower on top', [['浇水', 'Water', '忘了就好', 'Best forgotten']]],
  ['slow-crossing', 'stonestep', 'gu', '慢过桥', 'Slow Crossing', '青石，手凿', 'Grey stone, hand-chiselled', 240, 8, 'moss', 0, '桥拱成半个月亮，水里补上另一半。', 'The arch is half a moon; the water lends the rest.', '一座青石拱桥，桥洞成半圆，栏板整齐', 'A grey stone bridge with one round arch and even railings', [['拱', 'Arch', '单孔', 'Single']]],
  ['five-more', 'nap', 'suzuha', '再睡五分钟', 'Five More Minutes', '搪瓷铁壳，双铜铃', 'Enamelled iron, twin brass bells', 500, 20, 'lotus', 1, '它会响，但它理解你。', 'It will ring, but it understands.', '一只薄荷绿双铃闹钟，白色钟面，三只小脚', 'A mint-green twin-bell alarm clock with a white face and small feet', [['时', 'Time', '六点五十五', '6:55']]],
  ['three-minutes', 'nap', 'vesper', '三分钟', 'Three Minutes', '玻璃，胡桃木，金色沙', 'Glass, walnut, golden sand', 300, 10, 'night', 0, '够泡一杯茶，或者想一件事。', 'Enough for a cup of tea, or one thought.', '一只木架沙漏，玻璃里是金色的沙', 'An hourglass in a wooden frame with golden sand', [['长', 'Length', '三分钟', 'Three minutes']]],
  ['kitchen-rocket', 'rocket', 'tadpole', '去去就回', 'Back by Supper', '马口铁，烤漆', 'Tinplate, baked enamel', 500, 20, 'night', 0, '燃料：小苏打。目的地：冰箱顶上。', 'Fuel: baking soda. Destination: top of the fridge.', '一枚白身红鼻的小火箭，圆舷窗，三片红尾翼', 'A white rocket with a red nose, a round porthole and three red fins', [['高', 'Reach', '两米一', '2.1 m']]],
  ['mountain-bowl', 'basin', 'ruan', '一碗山', 'A Bowl of Mountain', '白瓷，青绿石', 'White porcelain, green stone', 300, 12, 'plain', 0, '山不高，有碗就行。', 'It need not be high, so long as there is a bowl.', '一只蓝釉碗里立着三座青绿山峰，山腰绕白云', 'Three green peaks standing in a blue bowl, a white cloud at their waist', [['峰', 'Peaks', '三', 'Three']]],
  ['passing-comet', 'cocoa', 'wen', '路过', 'Passing Through', '可可色岩，金粉尾', 'Cocoa-coloured rock, gilded tail', 760, 0, 'night', 0, '下次经过是七十六年后，请先坐。', 'Next pass in seventy-six years; do sit down.', '一颗发亮的彗星，拖着金色的长尾，立在细杆上', 'A glowing comet with a long golden tail on a thin rod', [['周期', 'Period', '七十六年', '76 years']]],
  ['off-the-ground', 'upward', 'quill', '离地三尺', 'Three Feet Up', '绸布球囊，藤篮', 'Silk envelope, wicker basket', 400, 15, 'ochre', 1, '行李只有一顶帽子。', 'Luggage: one hat.', '一只红白条纹热气球，下面吊着藤篮', 'A hot-air balloon in red and cream stripes with a wicker basket', [['高', 'Height', '三尺', 'Three feet']]],
  ['slow-ride', 'twobells', 'pell', '慢车', 'Slow Ride', '钢管，黄铜，藤', 'Steel tube, brass, wicker', 200, 10, 'moss', 0, '比走路快一点，比想念慢一点。', 'A little faster than walking, a little slower than missing you.', '一辆蓝绿色自行车，棕色坐垫，车头有藤筐', 'A blue-green bicycle with a brown saddle and a basket in front', [['速', 'Speed', '十二公里', '12 km/h']]],
  ['side-a', 'attic', 'tin', 'A 面第一首', 'Side A, Track One', '橡木，黄铜喇叭', 'Oak and brass horn', 300, 12, 'lotus', 1, '针落下之前，有一秒很安静。', 'There is a second of quiet before the needle lands.', '一台木座留声机，黄铜大喇叭，唱片在转', 'A gramophone with a wooden base, a large brass horn and a turning record', [['转', 'Speed', '七十八', '78 rpm']]],
  ['quiet-strings', 'strings', 'lanxu', '轻弦', 'Light Strings', '桐木面，紫檀背', 'Paulownia face, rosewood back', 240, 8, 'ochre', 0, '四根弦，一根留给下雨天。', 'Four strings, one kept for rainy days.', '一把琵琶立着，梨形琴身，四弦，弯头', 'A pipa standing upright: pear-shaped body, four strings, bent head', [['弦', 'Strings', '四', 'Four']]],
  ['after-rain', 'boots', 'ines', '雨后', 'After Rain', '毛毡，苔藓', 'Felt and moss', 0, 0, 'moss', 0, '只在没人的时候长大。', 'It only grows when nobody is looking.', '一大一小两朵红伞白点蘑菇长在苔藓上', 'Two red mushrooms with white spots, one large and one small, on moss', [['可食', 'Edible', '不可', 'No']]],
  ['no-signal', 'boots', 'vesper', '无信号', 'No Signal', '帆布，灯火', 'Canvas and lamplight', 300, 10, 'night', 0, '帐篷里的光，远看像一颗星。', 'From far off the lit tent looks like a star.', '一顶橙色三角帐篷，门帘掀开，里面透出暖光', 'An orange ridge tent with its flap open and warm light inside', [['地', 'Place', '未标出', 'Unmarked']]],
  ['sunday-pop', 'sunday', 'tang', '礼拜天', 'Sunday', '树脂，木棒', 'Resin, wooden stick', 0, 0, 'lotus', 0, '咬一口，夏天就过了一半。', 'One bite, and half the summer is gone.', '一支粉白双色冰棒，右上角咬了一口', 'A pink and cream ice lolly with a bite out of the top right', [['味', 'Flavour', '红豆牛奶', 'Red bean and milk']]],
  ['seven-am', 'steam', 'tang', '七点整', 'Seven Sharp', '竹蒸笼，陶包子', 'Bamboo steamer, ceramic buns', 700, 20, 'plain', 0, '掀开以前，先闻一闻。', 'Before lifting the lid, breathe in.', '一只竹蒸笼，里面放着四只白胖的包子', 'A bamboo steamer with plump white buns inside', [['褶', 'Pleats', '十八', 'Eighteen']]],
  ['far-away', 'armchair', 'gu', '远方', 'Far Away', '纸本地球，黄铜支架', 'Paper globe, brass stand', 300, 12, 'indigo', 1, '转到哪里，今晚就梦到哪里。', 'Where it stops is where you dream tonight.', '一只地球仪，蓝海绿陆，黄铜弧架，木底座', 'A globe with blue seas and green land on a brass arc and wooden foot', [['比例', 'Scale', '不可考', 'Unknown']]],
  ['last-tram', 'line9', 'tin', '末班车', 'The Last Tram', '压铸，烤漆', 'Die-cast, enamelled', 450, 15, 'moss', 0, '司机说，再等一个人。', 'The driver says: one more person.', '一节绿白相间的有轨电车，窗里亮灯，短轨道', 'A green and cream tram with lit windows on a short piece of track', [['线', 'Line', '九', 'Nine']]],
  ['deep-breath', 'suds', 'lanxu', '深呼吸', 'Deep Breath', '蓝釉陶', 'Blue-glazed earthenware', 500, 18, 'indigo', 1, '浮上来，喷一口气，再下去。', 'Up, a breath, and down again.', '一头圆润的蓝鲸，白肚皮，尾巴翘起', 'A round blue whale with a white belly and its tail raised', [['潜', 'Dive', '两百米', '200 m']]],
  ['admiral', 'bathtub', 'nuo', '舰长', 'The Admiral', '软胶', 'Soft vinyl', 0, 0, 'ochre', 0, '全舰队听他的，全舰队五只。', 'The whole fleet obeys him; the fleet is five.', '一只黄色浴缸小鸭，橙色嘴，戴白色水手帽', 'A yellow bath duck with an orange bill and a white sailor’s cap', [['军衔', 'Rank', '舰长', 'Admiral']]],
  ['first-frost', 'frost', 'tang', '霜降', 'Frost', '漆，脱胎', 'Dry lacquer', 300, 10, 'ochre', 0, '树上留三只，给鸟。', 'Three are left on the tree, for the birds.', '一只橙红的柿子，四瓣绿蒂，表面微光', 'An orange persimmon with a four-lobed green calyx and a soft shine', [['节气', 'Solar term', '霜降', 'Frost’s descent']]],
  ['with-the-wind', 'flour', 'arbor', '有风就磨', 'Mills When It Blows', '白灰墙，木叶片', 'Whitewash and wooden sails', 400, 15, 'plain', 1, '没风的日子，磨坊主写诗。', 'On still days the miller writes poems.', '一座白墙风车磨坊，棕色尖顶，四片木叶片', 'A white windmill with a brown cap and four wooden sails', [['风', 'Wind', '随缘', 'As it comes']]],
  ['sit-awhile', 'sit', 'otto', '坐一会儿', 'Sit Awhile', '弯曲木，藤编', 'Bent wood, woven cane', 300, 10, 'indigo', 0, '不用说话，坐一会儿就好。', 'No need to talk; just sit a while.', '一把红木色圈背椅，藤编坐面', 'A reddish wooden armchair with a curved back and cane seat', [['高', 'Seat', '四十五厘米', '45 cm']]],
  ['seven-eaves', 'sparrow', 'gu', '七檐', 'Seven Eaves', '陶砖，灰瓦', 'Clay brick and grey tile', 300, 20, 'lotus', 0, '每层檐下，都住着一只麻雀。', 'Under every eave lives one sparrow.', '一座红墙灰瓦的多层宝塔，檐角上翘，金色塔刹', 'A many-storeyed pagoda with red walls, grey upturned eaves and a gold finial', [['层', 'Storeys', '七', 'Seven']]],
  ['isle-lantern', 'house', 'vesper', '灯屿之灯', 'The Isle’s Lantern', '红绢，竹骨，流苏', 'Red silk, bamboo ribs, tassel', 2000, 50, 'night', 1, '每年设计节，岛上点起的第一盏灯。', 'The first lamp lit on the isle each festival.', '一盏红色圆灯笼挂在架上，金色收口，流苏垂下', 'A round red lantern hanging from a stand, gold caps, a tassel below', [['节', 'Festival', '二〇二六', '2026']]],
  ['isle-light', 'house', 'wen', '归航', 'Homeward', '白石，红漆，玻璃', 'White stone, red paint, glass', 0, 0, 'indigo', 1, '给每一位逛完四十间铺子的人照路。', 'It lights the way for those who walked past forty doors.', '一座红白相间的灯塔立在礁石上，塔顶亮灯', 'A red and white lighthouse on a rock, its lamp lit', [['射程', 'Range', '九海里', 'Nine miles']]],
];

// An offer: design · zh · en · when · measure · basis · tiers [from, pieces] · each collector at most · working days · gift policy
// `when` names skus, categories or vendors; thresholds of amounts are in whole units.
const never = 'never', free = 'free', after = n => ({ afterDays: n });
// A shop's category is the word that its buyers read in an offer's sentence: in both languages, as it has no other name.
const kinds = {
  toy: '玩具 Toys', home: '家居 Home', food: '食品 Food', stationery: '文具 Stationery', tableware: '餐具 Tableware', teaware: '茶具 Teaware',
  model: '模型 Models', lamp: '灯具 Lamps', 'lamp-part': '灯具配件 Lamp parts', outdoor: '户外 Outdoor', apparel: '服饰 Apparel', book: '图书 Books',
  tea: '茶叶 Tea', bag: '箱包 Bags', footwear: '鞋 Footwear', 'footwear-part': '鞋配件 Footwear parts', audio: '音响 Audio',
  'audio-part': '音响配件 Audio parts', instrument: '乐器 Instruments', 'instrument-part': '乐器配件 Instrument parts', garden: '园艺 Garden',
  clock: '钟表 Clocks', bicycle: '自行车 Bicycles', 'bicycle-part': '自行车配件 Bicycle parts', kitchen: '厨具 Kitchen', ceramics: '陶瓷 Ceramics',
  frame: '镜框 Frames', sunglasses: '太阳镜 Sunglasses', accessory: '配饰 Accessories', umbrella: '伞 Umbrellas', fan: '扇子 Fans', craft: '手工 Craft',
  plant: '植物 Plants', record: '唱片 Records', bath: '洗护 Bath', furniture: '家具 Furniture', care: '护理 Care', camera: '相机 Cameras',
  'camera-part': '相机配件 Camera parts', film: '胶卷 Film', map: '地图 Maps',
};
const kind = key => { if (!kinds[key]) throw new Error(`no kind ${key}`); return kinds[key]; };
const sku = (...x) => ({ product: x }), cat = (...x) => ({ category: x.map(kind) }), by = (...x) => ({ vendor: x }), all = { all: true };
const campaigns = [
  ['moonrise-nights', 'lumen', '月升之夜', 'Moonrise Nights', '买一盏灯，带月亮回家。', 'Buy a lamp and take the moon home.', -12, 18, [
    ['moonrise', '买圆月吊灯得「月升」', 'A pendant brings Moonrise', sku('LUM-PEND'), 'quantity', 'order', [[1, 1]], 1, 7, never],
    ['bow-lamp', '灯具满 500 元得「俯身」', 'Lamps for ¥500 bring Bow', cat('lamp'), 'amount', 'order', [[500, 1]], 2, 7, after(30)]]],
  ['kiln-opening', 'heron', '开窑', 'Kiln Opening', '一年四窑，这是第三窑。', 'Four firings a year; this is the third.', -20, 10, [
    ['hill-mist', '满 300 得 1 件，满 600 得 3 件', '¥300 brings one, ¥600 brings three', all, 'amount', 'order', [[300, 1], [600, 3]], 3, 7, after(90)]]],
  ['one-pot', 'kettle', '一壶茶的工夫', 'Time for One Pot', '选一把壶，慢慢养。', 'Choose a pot and take your time.', -8, 22, [
    ['quiet-pot', '买壶得「不响」', 'A pot brings Not a Sound', sku('KET-POT', 'KET-SET'), 'quantity', 'order', [[1, 1]], 2, 7, after(30)]]],
  ['autumn-tea', 'steep', '秋茶季', 'Autumn Tea', '喝到第二泡，再说好坏。', 'Judge it at the second steep.', -30, 30, [
    ['second-cup', '茶叶累计满 300 元得「第二杯」', 'Tea for ¥300 in all brings The Second Cup', cat('tea'), 'amount', 'cumulative', [[300, 1], [600, 2]], 2, 3, free]]],
  ['night-reading', 'owl', '夜读', 'Night Reading', '给眼睛一点好待遇。', 'Be kind to your eyes.', -5, 25, [
    ['night-reader', '买镜框或太阳镜得「夜读」', 'Any frame or sunglasses bring Night Reader', cat('frame', 'sunglasses'), 'quantity', 'order', [[1, 1]], 1, 15, never]]],
  ['two-friends', 'longear', '两个朋友', 'Two Friends', '一只怕冷，一只怕水。', 'One dislikes the cold, one the water.', -15, 15, [
    ['white-hare', '买小兔得「阿白」', 'A hare brings Ah Bai', sku('EAR-HARE', 'EAR-PLUSH'), 'quantity', 'order', [[1, 1]], 2, 7, free],
    ['paper-tiger', '买小虎得「纸老虎」', 'A tiger brings Paper Tiger', sku('EAR-TIGER'), 'quantity', 'order', [[1, 1]], 2, 7, free]]],
  ['gets-up-again', 'wobble', '站起来', 'Gets Up Again', '倒了没关系。', 'Falling over is fine.', -10, 20, [
    ['wobble-panda', '玩具两件得「推不倒」', 'Two toys bring Cannot Be Pushed', cat('toy'), 'quantity', 'order', [[2, 1]], 2, 7, free],
    ['honey-bear', '累计满 400 元得「蜜饯」', '¥400 in all brings Honeyed', all, 'amount', 'cumulative', [[400, 1]], 1, 7, after(7)]]],
  ['set-sail', 'tern', '出海', 'Setting Out', '风三级，宜出海。', 'Wind force three, fair for sailing.', -6, 12, [
    ['white-sail', '本店自制满 299 元得「白帆」', 'Our own make for ¥299 brings White Sail', by('Tern & Tiller'), 'amount', 'order', [[299, 1]], 1, 7, never]]],
  ['rainy-season', 'wetlane', '雨季', 'Rainy Season', '雨停之前有效。', 'Until the rain stops.', -25, 5, [
    ['red-rain', '买伞得「红雨」', 'An umbrella brings Red Rain', cat('umbrella'), 'quantity', 'order', [[1, 1]], 1, 7, after(30)]]],
  ['fair-wind', 'highthread', '有风的日子', 'Days of Wind', '线够长就好。', 'Enough thread is enough.', 3, 33, [
    ['swallow-line', '满 150 元得「线那头」', '¥150 brings The Far End of the Line', all, 'amount', 'order', [[150, 1]], 1, 3, free]]],
  ['listening', 'hum', '听一听', 'Have a Listen', '拧到合适的地方为止。', 'Turn the dial until it is right.', -9, 21, [
    ['warm-dial', '买收音机或音箱得「暖台」', 'A radio or speaker brings Warm Dial', sku('HUM-RADIO', 'HUM-SPEAK'), 'quantity', 'order', [[1, 1]], 1, 7, after(30)],
    ['hush', '音响满 900 元得「静一静」', 'Audio for ¥900 brings Hush', cat('audio'), 'amount', 'cumulative', [[900, 1]], 1, 7, after(30)]]],
  ['one-a-day', 'squint', '一天一张', 'One a Day', '三卷胶卷，够拍一季。', 'Three rolls last a season.', -14, 16, [
    ['one-a-day', '满 7,000 日元得「一天一张」', '¥7,000 brings One a Day', all, 'amount', 'order', [[7000, 1]], 1, 7, never]]],
  ['first-puddle', 'puddle', '第一个水洼', 'First Puddle', '新鞋，先踩一脚。', 'New shoes; go on, step in it.', -7, 23, [
    ['puddle-jumper', '买鞋得「跳水洼」', 'A pair of shoes brings Puddle Jumper', cat('footwear'), 'quantity', 'order', [[1, 1]], 2, 7, free]]],
  ['last-heat', 'halffan', '最后一天热', 'The Last Hot Day', '扇完这一季。', 'Fan the season out.', -50, -10, [
    ['half-breeze', '买扇得「半面风」', 'A fan brings Half a Breeze', cat('fan'), 'quantity', 'order', [[1, 1]], 1, 7, after(30)]]],
  ['opening-beat', 'thrum', '开场三下', 'Three Beats', '听见了就过来。', 'Come when you hear it.', -4, 14, [
    ['hall-drum', '乐器满 500 元得「开场」', 'Instruments for ¥500 bring Opening Beat', cat('instrument'), 'amount', 'order', [[500, 1]], 1, 7, free],
    ['eave-bell', '买铜风铃得「檐铃」', 'A wind bell brings Eave Bell', sku('THR-BELL'), 'quantity', 'order', [[1, 1]], 1, 7, never]]],
  ['curtain', 'stage', '登场', 'Entrance', '台下的也算。', 'The audience counts too.', -11, 19, [
    ['second-face', '满 200 元得「第二张脸」', '¥200 brings Second Face', all, 'amount', 'order', [[200, 1]], 1, 7, after(60)]]],
  ['book-club', 'corner', '读书会', 'Reading Circle', '书可以慢慢读完。', 'Finish it whenever you like.', -40, 20, [
    ['read-so-far', '书累计满 50 欧元得「读到这里」', 'Books for €50 in all bring Read So Far', cat('book'), 'amount', 'cumulative', [[50, 1]], 1, 7, free]]],
  ['thousand-folds', 'foldpond', '一千折', 'A Thousand Folds', '折错了，翻过来再折。', 'A wrong fold is a new start.', -13, 17, [
    ['paper-crane', '文具满 50 元得 1 只，满 120 元得 3 只', 'Paper for ¥50 brings one, ¥120 brings three', cat('stationery'), 'amount', 'order', [[50, 1], [120, 3]], 3, 3, free]]],
  ['koi-pond', 'tidepond', '浅塘有鱼', 'Fish in the Pond', '水浅，看得清。', 'Shallow water, clear view.', -16, 14, [
    ['glass-koi', '满 200 元得「红白」', '¥200 brings Red and White', all, 'amount', 'order', [[200, 1]], 1, 7, after(30)]]],
  ['windowsill', 'oldmoss', '窗台', 'On the Windowsill', '浇水不必太勤。', 'Go easy on the water.', -18, 12, [
    ['bloom-late', '买植物得「迟开」', 'A plant brings Late Bloom', cat('plant'), 'quantity', 'order', [[1, 1]], 2, 7, free],
    ['old-pine', '累计满 500 元得「五十年」', '¥500 in all brings Fifty Years', all, 'amount', 'cumulative', [[500, 1]], 1, 7, never]]],
  ['no-rush', 'nap', '不急', 'No Rush', '早到也可以睡一会儿。', 'Early? Have a nap.', -9, 21, [
    ['five-more', '买闹钟或挂钟得「再睡五分钟」', 'An alarm or wall clock brings Five More Minutes', sku('NAP-ALARM', 'NAP-WALL'), 'quantity', 'order', [[1, 1]], 1, 7, free],
    ['three-minutes', '满 280 元得「三分钟」', '¥280 brings Three Minutes', all, 'amount', 'order', [[280, 1]], 1, 7, after(30)]]],
  ['countdown', 'rocket', '倒数', 'Counting Down', '请大人在旁边。', 'Keep a grown-up close by.', -3, 27, [
    ['kitchen-rocket', '玩具满 120 元得「去去就回」', 'Kits for ¥120 bring Back by Supper', cat('toy'), 'amount', 'order', [[120, 1]], 2, 7, free]]],
  ['desk-mountain', 'basin', '案上山', 'Desk Mountain', '看久了，就走进去了。', 'Look long enough and you are inside.', -22, 8, [
    ['mountain-bowl', '文房累计满 200 元得「一碗山」', 'Writing things for ¥200 in all bring A Bowl of Mountain', cat('stationery'), 'amount', 'cumulative', [[200, 1]], 1, 7, after(90)]]],
  ['comet-week', 'cocoa', '彗星周', 'Comet Week', '抬头七天。', 'Seven days of looking up.', -2, 5, [
    ['passing-comet', '巧克力三件得「路过」', 'Three boxes or bars bring Passing Through', cat('food'), 'quantity', 'order', [[3, 1]], 2, 3, free]]],
  ['off-ground', 'upward', '离地', 'Off the Ground', '行李越少越高。', 'The less you pack, the higher you go.', -17, 13, [
    ['off-the-ground', '买箱包得「离地三尺」', 'A bag or case brings Three Feet Up', cat('bag'), 'quantity', 'order', [[1, 1]], 1, 15, never]]],
  ['side-a', 'attic', 'A 面', 'Side A', '翻面之前别走开。', 'Stay until it is time to turn it over.', -19, 11, [
    ['side-a', '唱片两张得「A 面第一首」', 'Two records bring Side A, Track One', cat('record'), 'quantity', 'order', [[2, 1]], 1, 7, after(30)]]],
  ['camp-out', 'boots', '露一夜', 'One Night Out', '带够袜子。', 'Bring enough socks.', -12, 18, [
    ['no-signal', '户外满 800 元得「无信号」', 'Outdoor gear for ¥800 brings No Signal', cat('outdoor'), 'amount', 'order', [[800, 1]], 1, 7, never],
    ['after-rain', '满 120 元得「雨后」', '¥120 brings After Rain', all, 'amount', 'order', [[120, 1]], 2, 7, free]]],
  ['breakfast', 'steam', '早饭', 'Breakfast', '趁热。', 'While it is hot.', -28, 28, [
    ['seven-am', '累计满 100 元得 1 件，满 200 元得 2 件', '¥100 in all brings one, ¥200 brings two', all, 'amount', 'cumulative', [[100, 1], [200, 2]], 2, 3, free]]],
  ['far-away', 'armchair', '远方', 'Far Away', '出门前先转一圈。', 'Give it a spin before leaving.', -10, 20, [
    ['far-away', '满 75 美元得「远方」', '$75 brings Far Away', all, 'amount', 'order', [[75, 1]], 1, 7, after(30)]]],
  ['whale-watch', 'suds', '看鲸', 'Whale Watch', '安静等一会儿。', 'Wait quietly a while.', -8, 22, [
    ['deep-breath', '洗护满 100 元得「深呼吸」', 'Soap for ¥100 brings Deep Breath', cat('bath'), 'amount', 'order', [[100, 1]], 2, 7, free]]],
  ['fleet', 'bathtub', '列队', 'Fall In', '水温三十八度，起航。', 'Water at thirty-eight degrees. Cast off.', -6, 24, [
    ['admiral', '玩具满 58 元得「舰长」', 'Toys for ¥58 bring The Admiral', cat('toy'), 'amount', 'order', [[58, 1], [116, 2]], 2, 3, free]]],
  ['first-frost', 'frost', '霜降', 'First Frost', '霜后一周采完。', 'Picked within a week of the frost.', -21, 9, [
    ['first-frost', '满 100 元得「霜降」', '¥100 brings Frost', all, 'amount', 'order', [[100, 1]], 1, 7, after(30)]]],
  ['under-eaves', 'sparrow', '檐下', 'Under the Eaves', '拼到第七层，留一只麻雀。', 'At the seventh storey, leave room for a sparrow.', 6, 36, [
    ['seven-eaves', '买塔或城门得「七檐」', 'A pagoda or gate brings Seven Eaves', sku('SPA-PAGODA', 'SPA-GATE'), 'quantity', 'order', [[1, 1]], 1, 7, never]]],
  ['forty-doors', 'house', '四十扇门', 'Forty Doors', '在十五间铺子买桌上用的、玩的和读的，合在一起算，得设计节的灯。', 'Things for the table, to play with and to read, counted together across fifteen shops, bring the festival’s own lights.', -30, 30, [
    ['isle-lantern', '茶与餐具跨店累计满 300 元得灯，满 800 元得两盏', 'Tea and tableware for ¥300 across shops bring a lantern, ¥800 two', cat('tea', 'teaware', 'tableware', 'ceramics', 'kitchen'), 'amount', 'cumulative', [[300, 1], [800, 2]], 2, 7, after(30)],
    ['isle-light', '玩具、书与文具跨店累计满 200 元得「归航」', 'Toys, books and stationery for ¥200 across shops bring Homeward', cat('toy', 'book', 'stationery'), 'amount', 'cumulative', [[200, 1]], 1, 7, free]],
    ['heron', 'kettle', 'steep', 'tidepond', 'boots', 'sunday', 'steam', 'flour', 'longear', 'wobble', 'rocket', 'bathtub', 'basin', 'foldpond', 'strings']],
];

const minor = (price, currency) => currency === 'JPY' ? price : Math.round(price * 100);
const base64 = text => Buffer.from(text).toString('base64');
const productId = { shopify: n => String(8100200300000 + n), woocommerce: n => String(2000 + n), saleor: n => base64(`Product:${n}`), standard: n => `p-${n}` };
const currencyOf = owner => owner === 'house' ? 'CNY' : brands.find(b => b[0] === owner)[6];

let n = 0;
const festival = {
  house,
  brands: brands.map(([key, zh, en, wall, trade, source, currency, aboutZh, aboutEn, , , products]) => ({
    key, name: t(zh, en), about: t(`${aboutZh}（虚构品牌）`, `${aboutEn} A fictional brand.`), wall, trade,
    shop: { slug: key, source, currency },
    products: products.map(([s, pzh, pen, category, price, vendor]) =>
      ({ id: productId[source](++n), sku: s, name: t(pzh, pen), category: kind(category), price: minor(price, currency), vendor: vendor ?? en })),
  })),
  creators: creators.map(([key, zh, en, virtual, aboutZh, aboutEn]) =>
    ({ key, name: t(zh, en), about: t(`${aboutZh}（虚构${virtual ? '角色' : '人物'}）`, `${aboutEn} Fictional.`), virtual: !!virtual })),
  series: [...brands.map(b => ({ key: `${b[0]}-1`, brand: b[0], name: t(b[9], b[10]) })),
    { key: 'house-1', brand: 'house', name: t('岛上的灯', 'Lights of the Isle') }],
  designs: designs.map(([key, brand, creator, zh, en, mzh, men, supply, withheld, wall, model, azh, aen, altZh, altEn, traits]) => ({
    key, brand, series: `${brand}-1`, creator, name: t(zh, en), matter: t(mzh, men), year: 2026, about: t(azh, aen),
    supply: supply || null, withheld, wall, image: `art/${key}.webp`, ...(model ? { model: `art/${key}.glb` } : {}),
    alt: t(altZh, altEn), traits: traits.map(([nzh, nen, vzh, ven]) => ({ name: t(nzh, nen), value: t(vzh, ven) })),
  })),
  campaigns: campaigns.map(([key, owner, zh, en, azh, aen, from, until, offers, across]) => {
    const currency = currencyOf(owner);
    return {
      key, owner, ...(across ? { brands: across } : {}), name: t(zh, en), about: t(azh, aen), from, until, currency,
      offers: offers.map(([design, ozh, oen, when, measure, basis, tiers, perCollector, waitingWorkingDays, giftPolicy]) => ({
        key: `${key}-${design}`, name: t(ozh, oen), design, when, measure, basis,
        tiers: tiers.map(([f, pieces]) => ({ from: measure === 'amount' ? minor(f, currency) : f, pieces })),
        perCollector, waitingWorkingDays, giftPolicy,
      })),
    };
  }),
};

const file = new URL('../festival.json', import.meta.url);
writeFileSync(file, JSON.stringify(festival, null, 2) + '\n');
