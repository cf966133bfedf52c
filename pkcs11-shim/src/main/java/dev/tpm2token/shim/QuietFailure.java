package dev.tpm2token.shim;

import org.graalvm.nativeimage.ImageSingletons;
import org.graalvm.nativeimage.LogHandler;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.hosted.Feature;
import org.graalvm.word.UnsignedWord;

/**
 * What becomes of an error that the image itself cannot survive: it would print pages to standard
 * error, which is the host's, and a protocol to some. The process ends all the same, by abort(3).
 */
final class QuietFailure implements LogHandler {
  /** Puts it into the image. */
  static final class Registration implements Feature {
    @Override
    public void afterRegistration(AfterRegistrationAccess access) {
      ImageSingletons.add(LogHandler.class, new QuietFailure());
    }
  }

  @Override
  public void log(CCharPointer bytes, UnsignedWord length) {}

  @Override
  public void flush() {}

  @Override
  public void fatalError() {
    abort();
  }

  @CFunction(value = "abort", transition = CFunction.Transition.NO_TRANSITION)
  private static native void abort();
}
