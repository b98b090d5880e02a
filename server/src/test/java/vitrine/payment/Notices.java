package vitrine.payment;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/** Notices as the gateways write them, for tests that need one that no sandbox would send. */
final class Notices {

    /** What one of them says; a test changes a part of it. */
    record Said(
            Way way,
            PaymentId payment,
            String id,
            long minor,
            String currency,
            boolean paid,
            String account,
            Instant signedAt,
            String signature) {

        static Said paid(PaymentState state, Instant now) {
            return new Said(
                    state.way(),
                    state.payment(),
                    UUID.randomUUID().toString(),
                    state.amount().minor(),
                    state.amount().currency().getCurrencyCode(),
                    true,
                    "",
                    now,
                    "");
        }

        Said minor(long other) {
            return new Said(way, payment, id, other, currency, paid, account, signedAt, signature);
        }

        Said currency(String other) {
            return new Said(way, payment, id, minor, other, paid, account, signedAt, signature);
        }

        Said payment(PaymentId other) {
            return new Said(way, other, id, minor, currency, paid, account, signedAt, signature);
        }

        /** The same event told with another id, or the opposite of it. */
        Said another(boolean isPaid) {
            return new Said(
                    way, payment, UUID.randomUUID().toString(), minor, currency, isPaid, account, signedAt, signature);
        }

        Said account(String other) {
            return new Said(way, payment, id, minor, currency, paid, other, signedAt, signature);
        }

        Said signedAt(Instant other) {
            return new Said(way, payment, id, minor, currency, paid, account, other, signature);
        }

        Said signature(String other) {
            return new Said(way, payment, id, minor, currency, paid, account, signedAt, other);
        }
    }

    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");

    private final PayTown town;
    private final JsonNode keys;

    Notices(PayTown town, Path sandboxConfig) throws Exception {
        this.town = town;
        this.keys = PayTown.JSON.readTree(Files.readAllBytes(sandboxConfig)).path("pay");
    }

    HttpResponse<String> send(Said said) throws Exception {
        return switch (said.way.gateway()) {
            case "wechat" -> weChat(said);
            case "alipay" -> alipay(said);
            default -> stripe(said);
        };
    }

    private HttpResponse<String> stripe(Said said) throws Exception {
        var event = PayTown.JSON
                .createObjectNode()
                .put("id", "evt_" + said.id)
                .put("type", said.paid ? "payment_intent.succeeded" : "payment_intent.canceled")
                .put("created", said.signedAt.getEpochSecond());
        var intent = event.putObject("data")
                .putObject("object")
                .put("id", "pi_" + said.payment.orderNo())
                .put("amount_received", said.minor)
                .put("currency", said.currency.toLowerCase(java.util.Locale.ROOT));
        if (said.account.isEmpty()) {
            intent.putObject("metadata")
                    .put("vitrine_brand", said.payment.brand().toString())
                    .put("vitrine_payment", said.payment.toString());
        }
        return stripe(PayTown.JSON.writeValueAsBytes(event), said.signedAt, said.signature);
    }

    HttpResponse<String> stripe(byte[] body, Instant at, String instead) throws Exception {
        String t = String.valueOf(at.getEpochSecond());
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(
                keys.path("stripe").path("webhookSecret").asString().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((t + ".").getBytes(StandardCharsets.UTF_8));
        String signed = HexFormat.of().formatHex(mac.doFinal(body));
        return town.post(
                "/pay/stripe/webhook",
                body,
                Map.of("Stripe-Signature", "t=" + t + ",v1=" + (instead.isEmpty() ? signed : instead)));
    }

    private HttpResponse<String> weChat(Said said) throws Exception {
        return weChat(said, keys.path("wechat").path("apiV3Key").asString());
    }

    /** @param sealedWith the key that WeChat knows of */
    HttpResponse<String> weChat(Said said, String sealedWith) throws Exception {
        JsonNode account = keys.path("wechat");
        var order = PayTown.JSON
                .createObjectNode()
                .put("mchid", said.account.isEmpty() ? account.path("mchid").asString() : said.account)
                .put("appid", account.path("appid").asString())
                .put("out_trade_no", said.payment.orderNo())
                .put("attach", said.payment.brand().toString())
                .put("transaction_id", "4200" + said.payment.orderNo().substring(0, 24))
                .put("trade_state", said.paid ? "SUCCESS" : "CLOSED")
                .put(
                        "success_time",
                        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(said.signedAt
                                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                                .atZone(CHINA)));
        order.putObject("amount").put("total", said.minor).put("currency", said.currency);
        String nonce = "0123456789ab";
        var gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(sealedWith.getBytes(StandardCharsets.UTF_8), "AES"),
                new GCMParameterSpec(128, nonce.getBytes(StandardCharsets.UTF_8)));
        gcm.updateAAD("transaction".getBytes(StandardCharsets.UTF_8));
        var envelope = PayTown.JSON
                .createObjectNode()
                .put("id", said.id)
                .put("event_type", "TRANSACTION.SUCCESS")
                .put("resource_type", "encrypt-resource");
        envelope.putObject("resource")
                .put("algorithm", "AEAD_AES_256_GCM")
                .put("nonce", nonce)
                .put("associated_data", "transaction")
                .put(
                        "ciphertext",
                        Base64.getEncoder().encodeToString(gcm.doFinal(PayTown.JSON.writeValueAsBytes(order))));
        byte[] body = PayTown.JSON.writeValueAsBytes(envelope);
        String at = String.valueOf(said.signedAt.getEpochSecond());
        String signed = rsa(
                account.path("platformKey").asString(),
                at + "\n" + nonce + "\n" + new String(body, StandardCharsets.UTF_8) + "\n");
        return town.post(
                "/pay/wechat/notify",
                body,
                Map.of(
                        "Wechatpay-Timestamp",
                        at,
                        "Wechatpay-Nonce",
                        nonce,
                        "Wechatpay-Serial",
                        account.path("platformKeyId").asString(),
                        "Wechatpay-Signature",
                        said.signature.isEmpty() ? signed : said.signature));
    }

    private HttpResponse<String> alipay(Said said) throws Exception {
        JsonNode account = keys.path("alipay");
        var form = new TreeMap<String, String>();
        form.put("notify_id", said.id);
        form.put("notify_type", "trade_status_sync");
        form.put("app_id", account.path("appid").asString());
        form.put("seller_id", said.account.isEmpty() ? account.path("seller").asString() : said.account);
        form.put("out_trade_no", said.payment.orderNo());
        form.put("trade_no", "2026" + said.payment.orderNo().substring(0, 24));
        form.put("trade_status", said.paid ? "TRADE_SUCCESS" : "TRADE_CLOSED");
        form.put("total_amount", java.math.BigDecimal.valueOf(said.minor, 2).toPlainString());
        form.put(
                "gmt_payment",
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").format(said.signedAt.atZone(CHINA)));
        form.put("passback_params", said.payment.brand().toString());
        form.put("subject", "Moonrise 月升 & more = 1");
        var text = new LinkedHashMap<>(form)
                .entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(java.util.stream.Collectors.joining("&"));
        form.put(
                "sign", said.signature.isEmpty() ? rsa(account.path("alipayKey").asString(), text) : said.signature);
        form.put("sign_type", "RSA2");
        String body = form.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(java.util.stream.Collectors.joining("&"));
        return town.post(
                "/pay/alipay/notify",
                body.getBytes(StandardCharsets.UTF_8),
                Map.of("Content-Type", "application/x-www-form-urlencoded"));
    }

    static String rsa(String key, String text) throws GeneralSecurityException {
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key))));
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(signature.sign());
    }
}
