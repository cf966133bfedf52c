package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.Part;
import dev.tpm2token.cli.Report;
import dev.tpm2token.tpm.Administration;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.DictionaryAttack;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tpm2-token caps}: what the chip is and offers. */
@Command(
    name = "caps",
    description =
        "Says what the TPM is and offers: algorithms, curves, key sizes, what it has room for.",
    footer = {"  tpm2-token caps --json | jq -r '.curves[]'"})
public final class Caps extends TpmVerb {
  /**
   * How wrong PINs are counted.
   *
   * @param locked whether no PIN is taken now
   * @param counted how many now
   * @param most how many lock the TPM
   * @param oneLessEverySeconds 0 where wrong PINs are not counted at all: whoever has the store and
   *     the TPM may try as many as they like
   * @param lockoutSeconds for how long a wrong lockout password locks the lockout; 0: until the TPM
   *     is reset, as a reboot does
   */
  record Lockout(int counted, int most, int oneLessEverySeconds, int lockoutSeconds, boolean locked)
      implements Part {
    static Lockout of(DictionaryAttack guesses) {
      return new Lockout(
          guesses.lockoutCounter(),
          guesses.maxAuthFail(),
          guesses.lockoutInterval(),
          guesses.lockoutRecovery(),
          guesses.inLockout());
    }

    void print(PrintWriter out) {
      if (oneLessEverySeconds == 0) {
        out.println(
            "wrong PINs      NOT counted: tpm2-token lockout set --recovery SECONDS mends it");
        return;
      }
      out.printf(
          "wrong PINs      %d of %d counted, one less each %d s%s%n",
          counted, most, oneLessEverySeconds, locked ? ": LOCKED" : "");
    }
  }

  /**
   * The chip.
   *
   * @param manufacturer the maker's letters
   * @param vendor the maker's own words
   * @param curves TPM_ECC_ names
   * @param specification of the Library, as in "1.38"
   * @param firmware in hex
   * @param algorithms TPM_ALG_ names
   * @param rsaBits key sizes that it makes
   * @param aesBits of AES in CFB mode
   * @param transientObjects how many objects can be loaded at least
   * @param maxDigest octets of the longest digest
   * @param inputBuffer octets of the longest data parameter
   * @param commands how many commands it knows
   * @param persistent what is kept in it
   */
  record Chip(
      String manufacturer,
      String vendor,
      String firmware,
      String specification,
      List<String> algorithms,
      List<String> curves,
      List<Integer> rsaBits,
      List<Integer> aesBits,
      int transientObjects,
      int maxDigest,
      int inputBuffer,
      int commands,
      List<KeyReport> persistent,
      Lockout lockout)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("TPM             %s %s, firmware %s%n", manufacturer, vendor, firmware);
      out.printf("specification   TPM 2.0 Library, %s; %d commands%n", specification, commands);
      out.printf("algorithms      %s%n", String.join(" ", algorithms));
      out.printf("curves          %s%n", String.join(" ", curves));
      out.printf("RSA keys        %s bits%n", joined(rsaBits));
      out.printf("AES keys        %s bits%n", joined(aesBits));
      out.printf(
          "room            %d loaded objects; data of %d octets, digests of %d%n",
          transientObjects, inputBuffer, maxDigest);
      lockout.print(out);
      out.printf("persistent      %s%n", persistent.isEmpty() ? "nothing" : "");
      persistent.forEach(each -> out.printf("  %s%n", each.words()));
    }

    private static String joined(List<Integer> numbers) {
      return String.join(" ", numbers.stream().map(String::valueOf).toList());
    }
  }

  @Override
  protected Report run() {
    return on(
        device -> {
          Capabilities found = device.call(Capabilities::probe);
          return new Chip(
              found.manufacturer(),
              found.vendor(),
              Long.toHexString(found.firmwareVersion()),
              found.specification(),
              names(found.algorithms()),
              names(found.curves()),
              found.rsaKeyBits().stream().sorted().toList(),
              found.aesKeyBits().stream().sorted().toList(),
              found.transientObjects(),
              found.maxDigest(),
              found.inputBuffer(),
              found.commands().size(),
              device.call(tpm -> new Administration(tpm).persistent()).stream()
                  .map(held -> KeyReport.of(held.handle(), held.publicArea()))
                  .toList(),
              Lockout.of(device.call(DictionaryAttack::read)));
        });
  }

  private static List<String> names(Collection<?> values) {
    return values.stream().map(String::valueOf).sorted().toList();
  }
}
