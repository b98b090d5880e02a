package vitrine.campaign.desk;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;

/** Tables of the desk for a spreadsheet. */
public final class Tables {

    private Tables() {}

    public static CsvWriter csv(HttpServletResponse response, String name) throws IOException {
        response.setContentType("text/csv;charset=utf-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
        response.setHeader("Cache-Control", "no-store");
        var out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        // A spreadsheet takes a file without this mark for one in the machine's own letters.
        out.write('\uFEFF');
        return CsvWriter.builder().build(out);
    }
}
