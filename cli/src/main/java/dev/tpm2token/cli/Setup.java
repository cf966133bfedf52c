package dev.tpm2token.cli;

import dev.tpm2token.config.Configuration;
import dev.tpm2token.config.ConfigurationException;
import dev.tpm2token.config.LogTarget;
import dev.tpm2token.config.Setting;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.FileLog;
import dev.tpm2token.token.Log;
import dev.tpm2token.token.PasswordFiles;
import dev.tpm2token.token.Settings;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.transport.JvmSystem;
import dev.tpm2token.tpm.transport.Tcti;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.graalvm.nativeimage.ImageInfo;

/** From the configuration to what a module is started with: for the command and the library. */
public final class Setup {
  private Setup() {}

  /**
   * The settings of a configuration.
   *
   * @param threads whether a thread may be started
   */
  public static Settings settings(Configuration configuration, boolean threads) {
    Log log = log(configuration.log().value());
    for (Path path : configuration.passedOver()) {
      log.log(Log.Level.INFO, () -> path + " is passed over: this account may not look there");
    }
    LeasePolicy standard = LeasePolicy.DEFAULT;
    return new Settings(
        configuration.store().value(),
        tcti(configuration),
        configuration.parent().value(),
        new LeasePolicy(
            configuration.leaseIdle().map(Setting::value).orElse(standard.idle()),
            standard.longest(),
            threads),
        log,
        new PasswordFiles(
            configuration.parent().value(),
            configuration.parentAuthFile().map(Setting::value),
            configuration.ownerAuthFile().map(Setting::value)));
  }

  /**
   * A module for a verb. A library shows a host no token where the store cannot be read; a person
   * is told.
   *
   * @throws CommandException where there is a store, and it cannot be read
   */
  public static Cryptoki module(Configuration configuration) {
    isThere(configuration.store().value());
    return new Cryptoki(settings(configuration, true));
  }

  /**
   * Whether there is a store.
   *
   * @throws CommandException where there is one, and it cannot be read
   */
  static boolean isThere(Path store) {
    try (DirectoryStream<Path> _ = Files.newDirectoryStream(store)) {
      if (!Files.isExecutable(store)) {
        throw new AccessDeniedException(store.toString());
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      String reason =
          e instanceof NotDirectoryException ? "it is no folder" : CommandException.reason(e);
      throw new CommandException(
          ExitStatus.FAILED, "the store %s cannot be read: %s".formatted(store, reason), e);
    }
  }

  private static Tcti tcti(Configuration configuration) {
    String text = configuration.tcti().value();
    // An emulated TPM of our own keeps its state beside what is wrapped by it.
    try {
      return Tcti.parse(
          text.equals("simulator:")
              ? "simulator:path=" + configuration.store().value().resolve("simulator")
              : text,
          ImageInfo.inImageCode() ? new ImageSystem() : new JvmSystem(),
          configuration.runtimeFolders());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "%s: %s".formatted(configuration.tcti().source(), e.getMessage()), e);
    }
  }

  private static Log log(LogTarget target) {
    return target
        .file()
        .<Log>map(
            file -> new FileLog(file, Log.Level.valueOf(target.level().toUpperCase(Locale.ROOT))))
        .orElse(Log.NONE);
  }
}
