package vitrine.payment;

import java.util.Map;
import java.util.UUID;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** What stands in place of the payments' own lines, where the simulator breaks them on purpose. */
public final class BrokenPayments {

    private BrokenPayments() {}

    /** Nobody ever began to pay for anything. */
    public static final class NobodyTried {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object tried) {
            tried = Map.of();
        }
    }

    /** A gateway that does not say is a gateway that closed. */
    public static final class SilenceIsClosed {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object answer) {
            if (answer == Payments.Closed.UNKNOWN) answer = Payments.Closed.CLOSED;
            if (answer instanceof Closing.Unknown) answer = new Closing.Closed();
        }
    }

    /** Whoever is just paying has let it be. */
    public static final class PendingIsEnded {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Gateway.Says says) {
            if (says instanceof Gateway.Says.Pending) says = new Gateway.Says.Ended();
        }
    }

    /** What was over stays over. */
    public static final class LateIgnored {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) Payment payment) {
            return payment.state() == Payment.State.CLOSED;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean over, @Advice.Return(readOnly = false) Settling.Outcome outcome) {
            if (over) outcome = Settling.Outcome.AGAIN;
        }
    }

    /** Whatever came, it was what was asked for. */
    public static final class AnyAmount {
        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(0) Payment payment,
                @Advice.Argument(value = 2, readOnly = false) Gateway.Says.Paid paid) {
            paid = new Gateway.Says.Paid(paid.gatewayId(), payment.amount(), paid.at());
        }
    }

    /** A payment that is paid is paid again. */
    public static final class PaidAgain {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) Payment payment) {
            payment = open(payment);
        }

        public static Payment open(Payment one) {
            return new Payment(
                    one.id(),
                    one.purpose(),
                    one.attempt(),
                    one.payer(),
                    one.way(),
                    one.amount(),
                    one.title(),
                    one.cause(),
                    one.isPaid() ? Payment.State.OPEN : one.state(),
                    one.gatewayId(),
                    one.shown(),
                    one.late(),
                    one.refunded(),
                    one.disputed(),
                    one.other(),
                    one.deadline(),
                    one.startedAt(),
                    one.paidAt(),
                    one.takenUp(),
                    one.closeWanted(),
                    one.asked());
        }
    }

    /** Who paid twice has paid twice. */
    public static final class SecondKept {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(2) String reason) {
            return reason.equals("paid-twice");
        }
    }

    /** Who paid for nothing has paid for nothing. */
    public static final class NothingKept {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(2) String reason) {
            return reason.equals("no-unit");
        }
    }

    /** Each time that a gateway is asked for a refund it is another one. */
    public static final class NumberAnew {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) @Nullable String number) {
            number = UUID.randomUUID().toString().replace("-", "");
        }
    }
}
