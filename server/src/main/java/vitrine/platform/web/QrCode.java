package vitrine.platform.web;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.Encoder;

/** A QR code as the path of an SVG, one unit a module, drawn on the server: no picture service ever sees an address. */
public record QrCode(int size, String path) {

    public static QrCode of(String text) {
        try {
            var matrix = Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
            var path = new StringBuilder();
            for (int y = 0; y < matrix.getHeight(); y++) {
                for (int x = 0; x < matrix.getWidth(); x++) {
                    if (matrix.get(x, y) == 0) continue;
                    int run = 1;
                    while (x + run < matrix.getWidth() && matrix.get(x + run, y) == 1) run++;
                    path.append('M')
                            .append(x)
                            .append(' ')
                            .append(y)
                            .append(".5h")
                            .append(run);
                    x += run - 1;
                }
            }
            return new QrCode(matrix.getWidth(), path.toString());
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code: " + text.length() + " characters", e);
        }
    }
}
