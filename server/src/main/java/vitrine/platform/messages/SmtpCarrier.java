package vitrine.platform.messages;

import jakarta.mail.MessagingException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import vitrine.platform.StartRefused;

/** A mail server: {@code smtp://user:password@host:587} (STARTTLS asked for), {@code smtps://…:465}. */
final class SmtpCarrier implements Carrier {

    private final JavaMailSenderImpl server = new JavaMailSenderImpl();
    private final String from;

    SmtpCarrier(String url, String from) {
        this.from = from;
        URI address = parse(url);
        boolean tls = "smtps".equals(address.getScheme());
        server.setProtocol(address.getScheme());
        server.setHost(address.getHost());
        server.setPort(address.getPort() > 0 ? address.getPort() : tls ? 465 : 587);
        server.setDefaultEncoding("UTF-8");
        Properties mail = server.getJavaMailProperties();
        String prefix = "mail." + address.getScheme() + ".";
        mail.setProperty(prefix + "connectiontimeout", "10000");
        mail.setProperty(prefix + "timeout", "15000");
        mail.setProperty(prefix + "writetimeout", "15000");
        mail.setProperty(prefix + "ssl.checkserveridentity", "true");
        @Nullable String user = address.getRawUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            server.setUsername(decode(colon < 0 ? user : user.substring(0, colon)));
            server.setPassword(colon < 0 ? "" : decode(user.substring(colon + 1)));
            mail.setProperty(prefix + "auth", "true");
            // A password never goes over an open line.
            mail.setProperty(prefix + "starttls.required", tls ? "false" : "true");
        }
        mail.setProperty(prefix + "starttls.enable", "true");
    }

    @Override
    public boolean reaches(Address.Kind kind) {
        return kind == Address.Kind.EMAIL;
    }

    @Override
    public void carry(Message message) throws NotCarried {
        try {
            var mail = server.createMimeMessage();
            var parts = new MimeMessageHelper(mail, MimeMessageHelper.MULTIPART_MODE_MIXED_RELATED, "UTF-8");
            parts.setFrom(from);
            parts.setTo(message.to().value());
            parts.setSubject(message.subject());
            parts.setText(message.text(), MailPage.of(message));
            if (message.unsubscribe() != null) {
                // RFC 8058: the mail program's own button ends it, without a page.
                mail.setHeader("List-Unsubscribe", "<" + message.unsubscribe() + ">");
                mail.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            }
            server.send(mail);
        } catch (MailException | MessagingException e) {
            throw new NotCarried(
                    "the mail server did not take it: " + e.getClass().getSimpleName(), e);
        }
    }

    private static URI parse(String url) {
        try {
            URI address = URI.create(url);
            if (address.getHost() != null
                    && ("smtp".equals(address.getScheme()) || "smtps".equals(address.getScheme()))) return address;
        } catch (IllegalArgumentException e) {
            throw bad(e);
        }
        throw bad(null);
    }

    private static StartRefused bad(@Nullable Throwable cause) {
        String line = "VITRINE_SMTP_URL must be like smtp://user:password@mail.example:587.";
        return cause == null
                ? new StartRefused(StartRefused.CONFIGURATION, line)
                : new StartRefused(StartRefused.CONFIGURATION, line, cause);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
