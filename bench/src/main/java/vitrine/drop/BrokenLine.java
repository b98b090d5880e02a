package vitrine.drop;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** What stands in place of the lines' own lines, where the simulator breaks them on purpose. */
public final class BrokenLine {

    private BrokenLine() {}

    /** Whoever has a place has her turn. */
    public static final class PlaceIsTurn {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object standing) {
            if (standing instanceof WaitingRoom.Standing.InLine waits)
                standing = new WaitingRoom.Standing.Called(waits.place());
        }
    }

    /** What was signed says nothing of the drop and its stage. */
    public static final class ForAnyDrop {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) byte[] bytes, @Advice.Argument(1) int length) {
            if (length != 98) return;
            bytes = bytes.clone();
            Arrays.fill(bytes, 17, 49, (byte) 0);
        }
    }

    /** What was signed says nothing of the person. */
    public static final class ForAnybody {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) byte[] bytes, @Advice.Argument(1) int length) {
            if (length != 98) return;
            bytes = bytes.clone();
            Arrays.fill(bytes, 49, 65, (byte) 0);
        }
    }

    /** What was signed says nothing of the place. */
    public static final class AnyPlace {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) byte[] bytes, @Advice.Argument(1) int length) {
            if (length != 98) return;
            bytes = bytes.clone();
            Arrays.fill(bytes, 82, 86, (byte) 0);
        }
    }

    /** A ticket's nonce is of the drop, as a pass's is. */
    public static final class NonceOfTheDrop {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(5) int ticket, @Advice.Argument(6) ByteBuffer whose) {
            if (ticket > 0) Arrays.fill(whose.array(), 17, 33, (byte) 0);
        }
    }

    /** Each time that somebody asks for her ticket she gets another one. */
    public static final class NonceAnew {
        public static final AtomicInteger ASKED = new AtomicInteger();

        private NonceAnew() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(5) int ticket, @Advice.Argument(6) ByteBuffer whose) {
            if (ticket > 0) whose.putInt(1, ASKED.incrementAndGet());
        }
    }

    /** A ticket is for as many claims as somebody likes. */
    public static final class ForMany {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) Stage stage,
                @Advice.Argument(1) ClaimPass pass,
                @Advice.Return(readOnly = false) boolean admitted) {
            admitted |= stage.mode() == Stage.Mode.QUEUE && pass.ticket() > 0;
        }
    }
}
