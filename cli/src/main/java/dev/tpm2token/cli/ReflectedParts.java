package dev.tpm2token.cli;

import org.graalvm.nativeimage.hosted.Feature;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/** Has the image know the components of every {@link Part}, which Jackson asks for. */
final class ReflectedParts implements Feature {
  @Override
  public void beforeAnalysis(BeforeAnalysisAccess access) {
    access.registerSubtypeReachabilityHandler(
        (reachable, part) -> {
          RuntimeReflection.register(part);
          RuntimeReflection.registerAllRecordComponents(part);
          RuntimeReflection.register(part.getDeclaredMethods());
          RuntimeReflection.register(part.getDeclaredConstructors());
          RuntimeReflection.register(part.getDeclaredFields());
        },
        Part.class);
  }
}
