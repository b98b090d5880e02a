/** Whether the page stands in the browser of another app. Such a one may say that it can do a thing and then do nothing. */
export const inAnotherApp = /MicroMessenger|QQ\/|Weibo|AlipayClient|aliapp|DingTalk|aweme|xhs|XiaoHongShu|discover\/|FBA[NV]|Instagram|\bLine\/|; wv\)/i.test(navigator.userAgent);
