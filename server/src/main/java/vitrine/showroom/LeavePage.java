package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.drop.ForgottenPayments;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Departures;
import vitrine.identity.Devices;
import vitrine.identity.Sessions;
import vitrine.identity.SignInPages;
import vitrine.platform.Settings;
import vitrine.platform.messages.Address;
import vitrine.platform.web.Here;
import vitrine.platform.web.Texts;

/**
 * The way out: close, which can be undone for a while, or erase, which cannot. Either asks first who she is: a phone that lies
 * about must not be enough.
 */
@Controller
public class LeavePage {

    private final Leaving leaving;
    private final Departures departures;
    private final Devices devices;
    private final Collectors collectors;
    private final Rooms rooms;
    private final Sessions sessions;
    private final SignInPages signIn;
    private final Access access;
    private final Settings settings;

    LeavePage(
            Leaving leaving,
            Departures departures,
            Devices devices,
            Collectors collectors,
            Rooms rooms,
            Sessions sessions,
            SignInPages signIn,
            Access access,
            Settings settings) {
        this.settings = settings;
        this.leaving = leaving;
        this.departures = departures;
        this.devices = devices;
        this.collectors = collectors;
        this.rooms = rooms;
        this.sessions = sessions;
        this.signIn = signIn;
        this.access = access;
    }

    /**
     * @param fresh she proved some minutes ago who she is
     * @param contact where a code would be sent, masked
     * @param days for how long a closed account can be opened again
     * @param paidYears after how many years a payment is nobody's
     */
    public record Leave(
            boolean fresh,
            String contact,
            int pieces,
            long days,
            int paidYears,
            @Nullable String refusal) {}

    @GetMapping("/me/account/leave")
    ModelAndView page(HttpServletRequest request) {
        return shown(request, null, HttpStatus.OK);
    }

    /** A code to the address that is hers; entering it leads back here. */
    @PostMapping("/me/account/leave/code")
    ModelAndView code(Here here, HttpServletRequest request) {
        String address = collectors.contact(access.person()).map(Address::value).orElse("");
        return signIn.again(address, "/me/account/leave", here, request);
    }

    @PostMapping("/me/account/close")
    ModelAndView close(Texts t, HttpServletRequest request) {
        CollectorId person = access.person();
        if (!sessions.isFresh(request)) return stale(t, request);
        departures.close(person);
        devices.signOutAll(person);
        return left(request, "closed");
    }

    @PostMapping("/me/account/erase")
    ModelAndView erase(@RequestParam(defaultValue = "") String sure, Texts t, HttpServletRequest request) {
        CollectorId person = access.person();
        if (!sessions.isFresh(request)) return stale(t, request);
        if (!sure.equals("yes")) return shown(request, t.get("leave.not-sure"), HttpStatus.UNPROCESSABLE_CONTENT);
        leaving.erase(person);
        devices.signOutAll(person);
        return left(request, "erased");
    }

    public record Left(boolean erased, long days) {}

    @GetMapping("/left")
    ModelAndView left(@RequestParam(defaultValue = "closed") String how) {
        return new ModelAndView("left", "it", new Left(how.equals("erased"), Departures.BACK_WITHIN.toDays()));
    }

    private ModelAndView left(HttpServletRequest request, String how) {
        sessions.signOut(request);
        var view = new RedirectView("/left?how=" + how);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        return new ModelAndView(view);
    }

    private ModelAndView stale(Texts t, HttpServletRequest request) {
        return shown(request, t.get("leave.stale"), HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private ModelAndView shown(HttpServletRequest request, @Nullable String refusal, HttpStatus status) {
        CollectorId person = access.person();
        var page = new ModelAndView(
                "leave",
                "it",
                new Leave(
                        sessions.isFresh(request),
                        collectors.contact(person).map(Address::masked).orElse(""),
                        rooms.hooks(person).size(),
                        Departures.BACK_WITHIN.toDays(),
                        ForgottenPayments.years(settings),
                        refusal));
        page.setStatus(status);
        return page;
    }
}
