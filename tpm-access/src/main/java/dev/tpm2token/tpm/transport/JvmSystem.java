package dev.tpm2token.tpm.transport;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import dev.tpm2token.tpm.TpmTransportException;
import java.io.File;
import java.io.IOException;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/** The system as a JVM reaches it: libtss2-tctildr by jnr-ffi, programs by ProcessBuilder. */
public final class JvmSystem implements NativeSystem {
  private static final String LIBRARY = "libtss2-tctildr.so.0";

  // TSS2_TCTI_CONTEXT_COMMON_V1: magic and version, then functions
  private static final int TRANSMIT = 16;
  private static final int RECEIVE = 24;

  /** TSS2_TCTI_RC_NOT_IMPLEMENTED and TSS2_TCTI_RC_BAD_VALUE, without their layer. */
  private static final int NOT_IMPLEMENTED = 2;

  private static final int BAD_VALUE = 0xB;

  private final Object lock = new Object();
  private volatile @Nullable Tctildr library;

  /** The functions of the library. */
  public interface Tctildr {
    /** TSS2_RC Tss2_TctiLdr_Initialize(const char *nameConf, TSS2_TCTI_CONTEXT **context). */
    int Tss2_TctiLdr_Initialize(String nameConf, Pointer context);

    /** void Tss2_TctiLdr_Finalize(TSS2_TCTI_CONTEXT **context). */
    void Tss2_TctiLdr_Finalize(Pointer context);
  }

  private Tctildr library() {
    Tctildr loaded = library;
    if (loaded == null) {
      synchronized (lock) {
        try {
          loaded = LibraryLoader.create(Tctildr.class).failImmediately().load(LIBRARY);
        } catch (UnsatisfiedLinkError e) {
          throw new TpmTransportException(LIBRARY + " is wanted: install libtss2-tctildr0", e);
        }
        library = loaded;
      }
    }
    return loaded;
  }

  @Override
  public long openTcti(String nameAndConfiguration) {
    Tctildr tctildr = library();
    Pointer context = Memory.allocateDirect(Runtime.getRuntime(tctildr), Long.BYTES, true);
    int rc = tctildr.Tss2_TctiLdr_Initialize(nameAndConfiguration, context);
    if (rc != 0) {
      throw new TpmTransportException(
          "%s: libtss2-tctildr cannot open it: 0x%X".formatted(nameAndConfiguration, rc));
    }
    return context.getLong(0);
  }

  @Override
  public int transmit(long context, byte[] command) {
    Pointer data = Memory.allocateDirect(Runtime.getSystemRuntime(), command.length);
    data.put(0, command, 0, command.length);
    CallContext shape =
        CallContext.getCallContext(
            Type.UINT32,
            new Type[] {Type.POINTER, Type.ULONG, Type.POINTER},
            CallingConvention.DEFAULT,
            false);
    HeapInvocationBuffer arguments = new HeapInvocationBuffer(shape);
    arguments.putAddress(context);
    arguments.putLong(command.length);
    arguments.putAddress(data.address());
    return Invoker.getInstance().invokeInt(shape, function(context, TRANSMIT), arguments);
  }

  @Override
  public int receive(long context, byte[] response, int milliseconds) {
    Pointer data = Memory.allocateDirect(Runtime.getSystemRuntime(), response.length);
    Pointer size = Memory.allocateDirect(Runtime.getSystemRuntime(), Long.BYTES);
    size.putLong(0, response.length);
    CallContext shape =
        CallContext.getCallContext(
            Type.UINT32,
            new Type[] {Type.POINTER, Type.POINTER, Type.POINTER, Type.SINT32},
            CallingConvention.DEFAULT,
            false);
    HeapInvocationBuffer arguments = new HeapInvocationBuffer(shape);
    arguments.putAddress(context);
    arguments.putAddress(size.address());
    arguments.putAddress(data.address());
    arguments.putInt(milliseconds);
    int rc = Invoker.getInstance().invokeInt(shape, function(context, RECEIVE), arguments);
    if (rc != 0) {
      int code = rc & 0xFFFF;
      return code == NOT_IMPLEMENTED || code == BAD_VALUE ? Integer.MIN_VALUE : -1;
    }
    int count = (int) Math.min(size.getLong(0), response.length);
    data.get(0, response, 0, count);
    return count;
  }

  private static long function(long context, int offset) {
    return Pointer.wrap(Runtime.getSystemRuntime(), context).getLong(offset);
  }

  @Override
  public void closeTcti(long context) {
    Tctildr tctildr = library();
    Pointer holder = Memory.allocateDirect(Runtime.getRuntime(tctildr), Long.BYTES, true);
    holder.putLong(0, context);
    tctildr.Tss2_TctiLdr_Finalize(holder);
  }

  @Override
  public void launch(List<String> command) {
    try {
      Process started =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      started.getOutputStream().close();
    } catch (IOException e) {
      throw new TpmTransportException(
          "%s is wanted: install %s".formatted(command.getFirst(), command.getFirst()), e);
    }
  }
}
