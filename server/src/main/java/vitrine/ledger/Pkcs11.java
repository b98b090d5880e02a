package vitrine.ledger;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * As much of PKCS#11 3.0 as signing with Ed25519 takes, by Java's own way to native functions: the JDK's provider does not know
 * {@code CKM_EDDSA}. For 64-bit Unix, where a CK_ULONG has eight bytes. Not for several threads at once.
 */
final class Pkcs11 implements AutoCloseable {

    /** The device said no, with its code (CKR_…). */
    static final class Failed extends RuntimeException {
        Failed(String what, long code) {
            super("log.token %s said 0x%x%s".formatted(what, code, meaning(code)));
        }

        Failed(String what) {
            super(what);
        }

        private static String meaning(long code) {
            return switch ((int) code) {
                case 0xa0, 0xa2 -> ": the PIN is wrong";
                case 0xa4 -> ": the PIN is locked";
                case 0x70 -> ": it does not know Ed25519";
                case 0x32, 0xe0 -> ": it is not there";
                default -> "";
            };
        }
    }

    /** A key pair in the device. */
    record Key(long handle, byte[] publicKey) {}

    // Places in CK_FUNCTION_LIST, which begins with a version that takes eight bytes.
    private static final int C_INITIALIZE = 0;
    private static final int C_GET_SLOT_LIST = 4;
    private static final int C_GET_TOKEN_INFO = 6;
    private static final int C_OPEN_SESSION = 12;
    private static final int C_CLOSE_SESSION = 13;
    private static final int C_LOGIN = 18;
    private static final int C_GET_ATTRIBUTE_VALUE = 24;
    private static final int C_FIND_OBJECTS_INIT = 26;
    private static final int C_FIND_OBJECTS = 27;
    private static final int C_FIND_OBJECTS_FINAL = 28;
    private static final int C_SIGN_INIT = 42;
    private static final int C_SIGN = 43;
    private static final int C_GENERATE_KEY_PAIR = 59;

    private static final long CKR_ALREADY_INITIALIZED = 0x191;
    private static final long CKR_ALREADY_LOGGED_IN = 0x100;
    private static final long CKO_PUBLIC_KEY = 2;
    private static final long CKO_PRIVATE_KEY = 3;
    private static final long CKK_EC_EDWARDS = 0x40;
    private static final long CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055;
    private static final long CKM_EDDSA = 0x1057;
    private static final long CKA_CLASS = 0;
    private static final long CKA_TOKEN = 1;
    private static final long CKA_PRIVATE = 2;
    private static final long CKA_LABEL = 3;
    private static final long CKA_KEY_TYPE = 0x100;
    private static final long CKA_ID = 0x102;
    private static final long CKA_SENSITIVE = 0x103;
    private static final long CKA_SIGN = 0x108;
    private static final long CKA_VERIFY = 0x10a;
    private static final long CKA_EXTRACTABLE = 0x162;
    private static final long CKA_EC_PARAMS = 0x180;
    private static final long CKA_EC_POINT = 0x181;
    private static final long SESSION_READ_WRITE = 6;
    private static final byte[] ED25519_OID = {0x06, 0x03, 0x2b, 0x65, 0x70};
    private static final int KEYS_MAX = 100;

    private final MemorySegment functions;
    private final long session;

    private Pkcs11(MemorySegment functions, long session) {
        this.functions = functions;
        this.session = session;
    }

    /** Opens a session on the token with this label, and signs in. */
    static Pkcs11 open(Path module, String label, char[] pin) {
        try (Arena arena = Arena.ofConfined()) {
            // For as long as we run: a module must not be unloaded while its threads live.
            var symbols = SymbolLookup.libraryLookup(module, Arena.global());
            MemorySegment list = arena.allocate(ADDRESS);
            var get = Linker.nativeLinker()
                    .downcallHandle(
                            symbols.find("C_GetFunctionList")
                                    .orElseThrow(() -> new Failed(module + " is no PKCS#11 library")),
                            FunctionDescriptor.of(JAVA_LONG, ADDRESS));
            must("C_GetFunctionList", invoke(get, list));
            MemorySegment functions = list.get(ADDRESS, 0).reinterpret(8 * (1 + 68));
            long begun = call(functions, C_INITIALIZE, MemorySegment.NULL);
            if (begun != CKR_ALREADY_INITIALIZED) must("C_Initialize", begun);
            long slot = slot(functions, label, arena);
            MemorySegment session = arena.allocate(JAVA_LONG);
            must(
                    "C_OpenSession",
                    call(
                            functions,
                            C_OPEN_SESSION,
                            slot,
                            SESSION_READ_WRITE,
                            MemorySegment.NULL,
                            MemorySegment.NULL,
                            session));
            byte[] utf8 = new String(pin).getBytes(StandardCharsets.UTF_8);
            long in =
                    call(functions, C_LOGIN, session.get(JAVA_LONG, 0), 1L, arena.allocateFrom(JAVA_BYTE, utf8), (long)
                            utf8.length);
            if (in != CKR_ALREADY_LOGGED_IN) must("C_Login", in);
            return new Pkcs11(functions, session.get(JAVA_LONG, 0));
        }
    }

    private static long slot(MemorySegment functions, String label, Arena arena) {
        MemorySegment count = arena.allocate(JAVA_LONG);
        must("C_GetSlotList", call(functions, C_GET_SLOT_LIST, (byte) 1, MemorySegment.NULL, count));
        MemorySegment slots = arena.allocate(JAVA_LONG, Math.max(1, count.get(JAVA_LONG, 0)));
        must("C_GetSlotList", call(functions, C_GET_SLOT_LIST, (byte) 1, slots, count));
        for (long i = 0; i < count.get(JAVA_LONG, 0); i++) {
            long slot = slots.getAtIndex(JAVA_LONG, i);
            MemorySegment info = arena.allocate(512, 8);
            if (call(functions, C_GET_TOKEN_INFO, slot, info) != 0) continue;
            byte[] name = info.asSlice(0, 32).toArray(JAVA_BYTE);
            if (new String(name, StandardCharsets.UTF_8).strip().equals(label)) return slot;
        }
        throw new Failed("there is no token with this name");
    }

    /** The Ed25519 keys under a label that can sign, each with its public half. */
    List<Key> keys(String label) {
        try (Arena arena = Arena.ofConfined()) {
            List<Key> keys = new ArrayList<>();
            for (long handle : find(
                    arena,
                    attributes(
                            arena,
                            number(arena, CKA_CLASS, CKO_PRIVATE_KEY),
                            number(arena, CKA_KEY_TYPE, CKK_EC_EDWARDS),
                            bytes(arena, CKA_LABEL, label.getBytes(StandardCharsets.UTF_8))),
                    3)) {
                byte[] id = attribute(arena, handle, CKA_ID);
                for (long other : find(
                        arena,
                        attributes(arena, number(arena, CKA_CLASS, CKO_PUBLIC_KEY), bytes(arena, CKA_ID, id)),
                        2)) {
                    keys.add(new Key(handle, point(arena, other)));
                }
            }
            return keys;
        }
    }

    /** A new pair that stays in the device. */
    Key generate(String label, byte[] id) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = label.getBytes(StandardCharsets.UTF_8);
            MemorySegment open = attributes(
                    arena,
                    flag(arena, CKA_TOKEN, true),
                    flag(arena, CKA_VERIFY, true),
                    flag(arena, CKA_PRIVATE, false),
                    bytes(arena, CKA_EC_PARAMS, ED25519_OID),
                    bytes(arena, CKA_LABEL, name),
                    bytes(arena, CKA_ID, id));
            MemorySegment secret = attributes(
                    arena,
                    flag(arena, CKA_TOKEN, true),
                    flag(arena, CKA_SIGN, true),
                    flag(arena, CKA_PRIVATE, true),
                    flag(arena, CKA_SENSITIVE, true),
                    flag(arena, CKA_EXTRACTABLE, false),
                    bytes(arena, CKA_LABEL, name),
                    bytes(arena, CKA_ID, id));
            MemorySegment handles = arena.allocate(JAVA_LONG, 2);
            must(
                    "C_GenerateKeyPair",
                    call(
                            functions,
                            C_GENERATE_KEY_PAIR,
                            session,
                            mechanism(arena, CKM_EC_EDWARDS_KEY_PAIR_GEN),
                            open,
                            6L,
                            secret,
                            7L,
                            handles,
                            handles.asSlice(8)));
            return new Key(handles.getAtIndex(JAVA_LONG, 1), point(arena, handles.getAtIndex(JAVA_LONG, 0)));
        }
    }

    /** 64 bytes, as RFC 8032 says. */
    byte[] sign(byte[] publicKey, String label, byte[] message) {
        long handle = keys(label).stream()
                .filter(key -> Arrays.equals(key.publicKey(), publicKey))
                .findFirst()
                .orElseThrow(() -> new Failed("the key is not in the device"))
                .handle();
        try (Arena arena = Arena.ofConfined()) {
            must("C_SignInit", call(functions, C_SIGN_INIT, session, mechanism(arena, CKM_EDDSA), handle));
            MemorySegment signature = arena.allocate(64);
            MemorySegment length = arena.allocateFrom(JAVA_LONG, 64);
            must(
                    "C_Sign",
                    call(
                            functions,
                            C_SIGN,
                            session,
                            arena.allocateFrom(JAVA_BYTE, message),
                            (long) message.length,
                            signature,
                            length));
            return signature.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
        }
    }

    @Override
    public void close() {
        call(functions, C_CLOSE_SESSION, session);
    }

    private List<Long> find(Arena arena, MemorySegment template, long count) {
        must("C_FindObjectsInit", call(functions, C_FIND_OBJECTS_INIT, session, template, count));
        MemorySegment handles = arena.allocate(JAVA_LONG, KEYS_MAX);
        MemorySegment found = arena.allocate(JAVA_LONG);
        must("C_FindObjects", call(functions, C_FIND_OBJECTS, session, handles, (long) KEYS_MAX, found));
        must("C_FindObjectsFinal", call(functions, C_FIND_OBJECTS_FINAL, session));
        List<Long> list = new ArrayList<>();
        for (long i = 0; i < found.get(JAVA_LONG, 0); i++) list.add(handles.getAtIndex(JAVA_LONG, i));
        return list;
    }

    /** The raw point; most devices wrap it as a DER octet string. */
    private byte[] point(Arena arena, long handle) {
        byte[] point = attribute(arena, handle, CKA_EC_POINT);
        if (point.length < 32) throw new Failed("the public key has " + point.length + " bytes");
        return Arrays.copyOfRange(point, point.length - 32, point.length);
    }

    private byte[] attribute(Arena arena, long handle, long type) {
        MemorySegment value = arena.allocate(256);
        MemorySegment asked = arena.allocate(24, 8);
        asked.set(JAVA_LONG, 0, type);
        asked.set(ADDRESS, 8, value);
        asked.set(JAVA_LONG, 16, 256);
        must("C_GetAttributeValue", call(functions, C_GET_ATTRIBUTE_VALUE, session, handle, asked, 1L));
        return value.asSlice(0, asked.get(JAVA_LONG, 16)).toArray(JAVA_BYTE);
    }

    private record Attribute(long type, MemorySegment value) {}

    private static Attribute number(Arena arena, long type, long value) {
        return new Attribute(type, arena.allocateFrom(JAVA_LONG, value));
    }

    private static Attribute flag(Arena arena, long type, boolean value) {
        return new Attribute(type, arena.allocateFrom(JAVA_BYTE, (byte) (value ? 1 : 0)));
    }

    private static Attribute bytes(Arena arena, long type, byte[] value) {
        return new Attribute(type, arena.allocateFrom(JAVA_BYTE, value));
    }

    private static MemorySegment attributes(Arena arena, Attribute... all) {
        MemorySegment template = arena.allocate(24L * all.length, 8);
        for (int i = 0; i < all.length; i++) {
            template.set(JAVA_LONG, 24L * i, all[i].type());
            template.set(ADDRESS, 24L * i + 8, all[i].value());
            template.set(JAVA_LONG, 24L * i + 16, all[i].value().byteSize());
        }
        return template;
    }

    private static MemorySegment mechanism(Arena arena, long type) {
        MemorySegment mechanism = arena.allocate(24, 8);
        mechanism.set(JAVA_LONG, 0, type);
        return mechanism;
    }

    private static long call(MemorySegment functions, int place, Object... arguments) {
        var layouts = Arrays.stream(arguments)
                .map(argument -> (MemoryLayout)
                        switch (argument) {
                            case Long number -> JAVA_LONG;
                            case Byte number -> JAVA_BYTE;
                            default -> ADDRESS;
                        })
                .toArray(MemoryLayout[]::new);
        var handle = Linker.nativeLinker()
                .downcallHandle(functions.get(ADDRESS, 8L * (1 + place)), FunctionDescriptor.of(JAVA_LONG, layouts));
        return invoke(handle, arguments);
    }

    private static long invoke(java.lang.invoke.MethodHandle handle, Object... arguments) {
        try {
            return (long) handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void must(String what, long code) {
        if (code != 0) throw new Failed(what, code);
    }
}
