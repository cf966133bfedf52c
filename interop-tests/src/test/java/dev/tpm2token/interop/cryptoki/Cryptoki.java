package dev.tpm2token.interop.cryptoki;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallContextCache;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import dev.tpm2token.interop.harness.Lab;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The module in this very process: every call goes through the pointers of CK_FUNCTION_LIST, all of
 * whose parameters are CK_ULONG or addresses, 8 bytes each.
 */
public final class Cryptoki {
  private static final int MAX_SLOTS = 64;
  private static final int TOKEN_INFO = 208;
  private static final int MECHANISM = 24;

  /** What we need of the C library: the JVM itself cannot change its environment. */
  public interface Libc {
    /** Sets an environment variable of this process. */
    int setenv(String name, String value, int overwrite);
  }

  /** The one symbol that we look up by name. */
  public interface Entry {
    /** Gives the address of the function list. */
    long C_GetFunctionList(Pointer list);
  }

  /** The one symbol of 3.0 that we look up by name. */
  public interface NewerEntry {
    /** Gives the address of a CK_INTERFACE. */
    long C_GetInterface(
        @Nullable Pointer name, Pointer version, Pointer interfaceAddress, long flags);
  }

  /** A token as C_GetTokenInfo describes it. */
  public record TokenInfo(String label, String model, String serial, long flags) {
    /** Whether this CKF bit is set. */
    public boolean has(long flag) {
      return (flags & flag) == flag;
    }
  }

  private final Runtime runtime;
  private final Map<Fn, Long> functions = new EnumMap<>(Fn.class);
  private final Map<NewerFn, Long> newerFunctions = new EnumMap<>(NewerFn.class);

  private Cryptoki(Runtime runtime, Pointer list, @Nullable Pointer newer) {
    this.runtime = runtime;
    long at = 8;
    for (Fn function : Fn.values()) {
      functions.put(function, list.getLong(at));
      at += 8;
    }
    if (newer != null) {
      for (NewerFn function : NewerFn.values()) {
        newerFunctions.put(function, newer.getLong(at));
        at += 8;
      }
    }
  }

  /** Loads the lab's module, having this process's environment agree with the lab's first. */
  public static Cryptoki load(Lab lab) {
    Libc libc = LibraryLoader.create(Libc.class).load("c");
    lab.env().entrySet().stream()
        .filter(e -> e.getKey().startsWith("TPM2_TOKEN_") || e.getKey().startsWith("SOFTHSM2_"))
        .forEach(e -> libc.setenv(e.getKey(), e.getValue(), 1));
    Entry entry = LibraryLoader.create(Entry.class).load(lab.module().library().toString());
    Runtime runtime = Runtime.getRuntime(entry);
    Pointer list = Memory.allocateDirect(runtime, 8);
    long rv = entry.C_GetFunctionList(list);
    if (rv != 0) {
      throw new CryptokiException(Fn.C_GetFunctionList, rv);
    }
    return new Cryptoki(
        runtime, Pointer.wrap(runtime, list.getLong(0)), ofInterface(lab, runtime, list, 3, 2));
  }

  /**
   * The same by the list of the interface "PKCS 11" of this version, which begins as that of 2.40
   * does.
   */
  public static Cryptoki ofInterface(Lab lab, int major, int minor) {
    Cryptoki plain = load(lab);
    Pointer result = Memory.allocateDirect(plain.runtime, 8);
    Pointer list = ofInterface(lab, plain.runtime, result, major, minor);
    if (list == null) {
      throw new AssertionError("no interface of version %d.%d".formatted(major, minor));
    }
    return new Cryptoki(plain.runtime, list, null);
  }

  private static @Nullable Pointer ofInterface(
      Lab lab, Runtime runtime, Pointer result, int major, int minor) {
    Pointer version = Memory.allocateDirect(runtime, 2);
    version.putByte(0, (byte) major);
    version.putByte(1, (byte) minor);
    try {
      NewerEntry entry =
          LibraryLoader.create(NewerEntry.class).load(lab.module().library().toString());
      return entry.C_GetInterface(null, version, result, 0) == 0
          ? Pointer.wrap(runtime, Pointer.wrap(runtime, result.getLong(0)).getLong(8))
          : null;
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  /** The address of a function, as the list has it. */
  public long address(Fn function) {
    return Objects.requireNonNull(functions.get(function));
  }

  /**
   * Calls a function. Numbers are passed as CK_ULONG, memory and templates by address, byte arrays
   * by the address of a copy, null as NULL_PTR.
   */
  public Rv call(Fn function, @Nullable Object... arguments) {
    return Rv.of(raw(address(function), arguments));
  }

  /** Calls a function of 3.x. */
  public Rv call(NewerFn function, @Nullable Object... arguments) {
    return Rv.of(raw(Objects.requireNonNull(newerFunctions.get(function)), arguments));
  }

  /** Calls a function of 3.x, which must answer CKR_OK. */
  public void ok(NewerFn function, @Nullable Object... arguments) {
    long rv = raw(Objects.requireNonNull(newerFunctions.get(function)), arguments);
    if (rv != 0) {
      throw new CryptokiException(function, rv);
    }
  }

  /** Calls a function, and throws a CryptokiException where it does not answer CKR_OK. */
  public void ok(Fn function, @Nullable Object... arguments) {
    long rv = raw(address(function), arguments);
    if (rv != 0) {
      throw new CryptokiException(function, rv);
    }
  }

  private long raw(long address, @Nullable Object... arguments) {
    Type[] types = new Type[arguments.length];
    Arrays.fill(types, Type.UINT64);
    CallContext context =
        CallContextCache.getInstance()
            .getCallContext(Type.UINT64, types, CallingConvention.DEFAULT, false);
    HeapInvocationBuffer buffer = new HeapInvocationBuffer(context);
    List<Object> reachable = new ArrayList<>();
    for (Object argument : arguments) {
      buffer.putLong(word(argument, reachable));
    }
    try {
      return Invoker.getInstance().invokeLong(context, address, buffer);
    } finally {
      Reference.reachabilityFence(reachable);
    }
  }

  private long word(@Nullable Object argument, List<Object> reachable) {
    return switch (argument) {
      case null -> 0;
      case Number number -> number.longValue();
      case Pointer pointer -> hold(pointer, reachable);
      case byte[] bytes -> hold(bytes(bytes), reachable);
      case Template template -> {
        reachable.add(template); // holds what is nested in it
        yield hold(template.layOut(runtime), reachable);
      }
      default -> throw new IllegalArgumentException(argument.getClass().getName());
    };
  }

  private static long hold(Pointer pointer, List<Object> reachable) {
    reachable.add(pointer);
    return pointer.address();
  }

  /** So many bytes of zeroed memory. */
  public Pointer memory(int size) {
    Pointer memory = Memory.allocateDirect(runtime, Math.max(1, size), true);
    memory.setMemory(0, Math.max(1, size), (byte) 0);
    return memory;
  }

  /** Memory that holds these bytes. */
  public Pointer bytes(byte[] bytes) {
    Pointer memory = memory(bytes.length);
    memory.put(0, bytes, 0, bytes.length);
    return memory;
  }

  /** Memory that holds this CK_ULONG. */
  public Pointer ulong(long value) {
    Pointer memory = memory(8);
    memory.putLong(0, value);
    return memory;
  }

  /** A CK_MECHANISM without a parameter. */
  public Pointer mechanism(long type) {
    Pointer memory = memory(MECHANISM);
    memory.putLong(0, type);
    return memory;
  }

  /** A CK_MECHANISM whose parameter is these bytes. */
  public Pointer mechanism(long type, byte[] parameter) {
    Pointer memory = memory(MECHANISM + parameter.length);
    memory.put(MECHANISM, parameter, 0, parameter.length);
    return pointingBehind(memory, type, parameter.length);
  }

  /**
   * A CK_MECHANISM whose parameter is a structure of CK_ULONGs and addresses: a number stands for
   * itself, bytes for the address of a copy.
   */
  public Pointer mechanismWith(long type, Object... fields) {
    int bytes = Arrays.stream(fields).mapToInt(f -> f instanceof byte[] b ? b.length : 0).sum();
    Pointer memory = memory(MECHANISM + 8 * fields.length + bytes);
    int at = MECHANISM;
    int behind = MECHANISM + 8 * fields.length;
    for (Object field : fields) {
      if (field instanceof byte[] value) {
        memory.put(behind, value, 0, value.length);
        memory.putLong(at, memory.address() + behind);
        behind += value.length;
      } else {
        memory.putLong(at, ((Number) field).longValue());
      }
      at += 8;
    }
    return pointingBehind(memory, type, 8 * fields.length);
  }

  private static Pointer pointingBehind(Pointer memory, long type, int length) {
    memory.putLong(0, type);
    memory.putLong(8, memory.address() + MECHANISM);
    memory.putLong(16, length);
    return memory;
  }

  /** Whether C_GetMechanismInfo knows this mechanism. */
  public boolean has(long slot, long mechanism) {
    return call(Fn.C_GetMechanismInfo, slot, mechanism, memory(24)) == Rv.CKR_OK;
  }

  /** C_Initialize(NULL). */
  public void initialize() {
    ok(Fn.C_Initialize, (Object) null);
  }

  /** C_Finalize(NULL). */
  public void finish() {
    ok(Fn.C_Finalize, (Object) null);
  }

  /** The slots that hold a token. */
  public long[] slots() {
    Pointer count = ulong(MAX_SLOTS);
    Pointer ids = memory(8 * MAX_SLOTS);
    ok(Fn.C_GetSlotList, 1, null, count);
    ok(Fn.C_GetSlotList, 1, ids, count);
    long[] slots = new long[(int) count.getLong(0)];
    ids.get(0, slots, 0, slots.length);
    return slots;
  }

  /** C_GetTokenInfo. */
  public TokenInfo tokenInfo(long slot) {
    Pointer info = memory(TOKEN_INFO);
    ok(Fn.C_GetTokenInfo, slot, info);
    return new TokenInfo(
        text(info, 0, 32), text(info, 64, 16), text(info, 80, 16), info.getLong(96));
  }

  private static String text(Pointer memory, int at, int length) {
    byte[] bytes = new byte[length];
    memory.get(at, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
  }

  /** The first slot whose token waits for C_InitToken. */
  public long blankSlot() {
    return Arrays.stream(slots())
        .filter(slot -> !tokenInfo(slot).has(Ck.TOKEN_INITIALIZED))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no slot has a token to initialise"));
  }

  /** The slot of the token with this label. */
  public long slotOf(String label) {
    return Arrays.stream(slots())
        .filter(slot -> tokenInfo(slot).label().equals(label))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no token is called " + label));
  }

  /** C_InitToken on a blank slot; the label is padded with blanks to 32 bytes. */
  public void initToken(String label, String soPin) {
    byte[] pin = soPin.getBytes(StandardCharsets.UTF_8);
    byte[] padded = "%-32s".formatted(label).getBytes(StandardCharsets.UTF_8);
    ok(Fn.C_InitToken, blankSlot(), pin, pin.length, padded);
  }

  /** Makes a token with both of the lab's PINs and gives its slot. */
  public long token(String label) {
    initToken(label, Lab.SO_PIN);
    long slot = slotOf(label);
    try (Session session = readWrite(slot)) {
      session.loginSo(Lab.SO_PIN);
      session.initPin(Lab.PIN);
      session.logout();
    }
    return slot;
  }

  /** Opens a session that may write. */
  public Session readWrite(long slot) {
    return open(slot, Ck.SESSION_SERIAL | Ck.SESSION_RW);
  }

  /** Opens a session that may only read. */
  public Session readOnly(long slot) {
    return open(slot, Ck.SESSION_SERIAL);
  }

  private Session open(long slot, long flags) {
    Pointer handle = ulong(0);
    ok(Fn.C_OpenSession, slot, flags, null, null, handle);
    return new Session(this, handle.getLong(0));
  }
}
