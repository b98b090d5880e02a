package vitrine.platform.web;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.ArrayList;
import java.util.List;

/**
 * A QR code, drawn on the server: no picture service ever sees an address.
 *
 * @param size modules to a side
 * @param runs the dark ones, row by row
 */
public record QrCode(int size, List<Run> runs) {

    /** Dark modules side by side, from {@code x} on. */
    public record Run(int x, int y, int length) {}

    public static QrCode of(String text) {
        try {
            var matrix = Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
            var runs = new ArrayList<Run>();
            for (int y = 0; y < matrix.getHeight(); y++) {
                for (int x = 0; x < matrix.getWidth(); x++) {
                    if (matrix.get(x, y) == 0) continue;
                    int length = 1;
                    while (x + length < matrix.getWidth() && matrix.get(x + length, y) == 1) length++;
                    runs.add(new Run(x, y, length));
                    x += length - 1;
                }
            }
            return new QrCode(matrix.getWidth(), List.copyOf(runs));
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code: " + text.length() + " characters", e);
        }
    }

    /** The path of an SVG, one unit a module. */
    public String path() {
        var path = new StringBuilder();
        for (var run : runs) {
            path.append('M')
                    .append(run.x())
                    .append(' ')
                    .append(run.y())
                    .append(".5h")
                    .append(run.length());
        }
        return path.toString();
    }
}
