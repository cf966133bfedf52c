package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The likeliest mistakes with each verb, three of them at least: how it ends, and what it says. In
 * the token "lab" there are a key and a certificate "web"; nothing here changes anything.
 */
class MistakesTest {
  /** What is typed, how it ends, and what has to be among the words. */
  private static final String TABLE =
      """
      list lab                                          | USAGE     | Unmatched argument
      list --jsn                                        | USAGE     | Unknown option: '--jsn'
      misconfigured: list                               | FAILED    | no key stoer
      doctor now                                        | USAGE     | Unmatched argument
      misconfigured: doctor                             | FAILED    | no key stoer
      away: doctor                                      | FAILED    | nothing listens there
      token init                                        | USAGE     | Missing required option: '--label=LABEL'
      token init --label lab                            | REFUSED   | there is a token lab already
      token init --label new                            | PIN       | give --so-pin-file FILE
      token init --label new --so-pin-file @so-pin --pin-file @short | PIN | a PIN has 4 to 255 bytes
      token init --label a-label-that-is-longer-than-32-octets-are | USAGE | 32 octets
      token init --label new --no-pin --pin-file @pin   | USAGE     | exclude each other
      token list all                                    | USAGE     | Unmatched argument
      token list --token lab                            | USAGE     | Unknown option
      misconfigured: token list                         | FAILED    | no key stoer
      token info lab                                    | USAGE     | Unmatched argument
      token info --token no                             | NOT_FOUND | there is no token no
      empty: token info                                 | NOT_FOUND | there is no token yet; tpm2-token token init makes one
      token rename --token lab                          | USAGE     | Missing required option: '--label=LABEL'
      token rename --token no --label new               | NOT_FOUND | there is no token no
      token rename --label a-label-that-is-longer-than-32-octets-are | USAGE | 32 octets
      token remove                                      | REFUSED   | are going to be lost; --yes does it
      token remove --token no --yes                     | NOT_FOUND | there is no token no
      token remove lab                                  | USAGE     | Unmatched argument
      pin set --so-pin-file @so-pin --new-pin-file @pin | REFUSED   | has a user PIN
      pin set --so-pin-file @none                       | NOT_FOUND | none cannot be read
      pin set --token no --so-pin-file @so-pin          | NOT_FOUND | there is no token no
      pin change --pin-file @so-pin --new-pin-file @pin | PIN       | that is not the user PIN of lab
      pin change --pin-file @pin --new-pin-file @short  | PIN       | a PIN has 4 to 255 bytes
      pin change --pin-file @pin                        | PIN       | give --new-pin-file FILE
      pin unblock --so-pin-file @pin --new-pin-file @pin | PIN      | that is not the SO PIN of lab
      pin unblock --new-pin-file @pin                   | PIN       | give --so-pin-file FILE
      pin unblock --token no                            | NOT_FOUND | there is no token no
      key generate --pin-file @pin                      | USAGE     | --label is wanted
      key generate --label k --type rsa:2047 --pin-file @pin | FAILED | RSA of 2047 bits is not to be had
      key generate --label k --type dsa --pin-file @pin | USAGE     | dsa is no type of key: rsa:2048
      key generate --label k --id xy --pin-file @pin    | USAGE     | --id wants octets in hex
      key generate --label k --id 0102 --pin-file @pin  | REFUSED   | the key other of lab has the id 0102: choose another
      key generate --label  --pin-file @pin             | USAGE     | a label wants a letter at least
      away: key generate --label k --pin-file @pin      | TPM       | nothing listens there
      key import --pin-file @pin                        | USAGE     | either FILE or --handle
      key import --pin-file @pin @none                  | NOT_FOUND | none cannot be read
      key import --pin-file @pin @web.crt               | FAILED    | there is no private key in it
      key import --pin-file @so-pin @rsa                | PIN       | that is not the user PIN of lab
      key import --id 0102 --pin-file @pin @rsa         | REFUSED   | the key other of lab has the id 0102
      key import --pin-file @pin @empty                 | FAILED    | empty: it is empty
      key import --pin-file @pin /dev/zero              | NOT_FOUND | too long
      key import --pin-file @pin @ssh.pub               | FAILED    | ssh.pub: that is a public key: the private one is wanted
      key import --pin-file @pin @rsa.pub               | FAILED    | that is a public key: the private one is wanted
      key import --pin-file @pin @rsa.pub.der           | FAILED    | that is a public key: the private one is wanted
      key import --pin-file @pin @web.der               | FAILED    | that is a certificate: the private key is wanted
      key import --pin-file @pin @big                   | FAILED    | big is of RSA of 4096 bits, where this TPM takes 2048, 3072
      key list --pin-file @so-pin                       | PIN       | that is not the user PIN of lab
      key list --pin-file @pin --id xy                  | USAGE     | --id wants octets in hex
      key list                                          | PIN       | give --pin-file FILE
      key label --label web --pin-file @pin             | USAGE     | Missing required parameter: 'NEW'
      key label --label no --pin-file @pin new          | NOT_FOUND | there is no such private key in lab
      key label --label web --pin-file @so-pin new      | PIN       | that is not the user PIN of lab
      key label --label web  --pin-file @pin            | USAGE     | a label wants a letter at least
      key delete --label web --pin-file @pin            | REFUSED   | is going to be lost; --yes does it
      key delete --label no --pin-file @pin             | NOT_FOUND | there is no such private key in lab
      key delete --label web --pin-file @so-pin         | PIN       | that is not the user PIN of lab
      key delete --unique-id 00 --pin-file @pin         | NOT_FOUND | there is no such private key in lab
      key export --label web --pin-file @pin            | USAGE     | --tss2
      key export --label no --public                    | NOT_FOUND | there is no such public key in lab
      key export --label web --tss2 --no-passphrase --pin-file @pin @rsa | REFUSED | is there already
      key export --label web --tss2 --pin-file @pin     | PIN       | give --new-passphrase-file FILE
      key wrap                                          | USAGE     | Missing required parameter: 'FILE'
      key wrap @rsa @rsa                                | REFUSED   | is there already
      key wrap --for @rsa @rsa                          | FAILED    | holds no storage key: tpm2-token srk export writes one
      key wrap --no-passphrase --new-passphrase-file @pin @rsa | USAGE | exclude each other
      key wrap --for /dev/zero @rsa                     | NOT_FOUND | too long
      key wrap --for @rsa.pub @rsa                      | FAILED    | does not say that it is a storage key's
      key wrap --for @signer.tss @rsa                   | FAILED    | a key that wraps nothing
      key wrap --for @srk.pub --name 000b12 @rsa        | REFUSED   | is not the storage key of the Name 000b12, but of 000b
      key wrap --name 000b12 @rsa                       | USAGE     | --name says whose storage key
      key wrap --parent 0x81000077 @rsa                 | NOT_FOUND | there is no storage key at 0x81000077
      key wrap @big                                     | TPM       | the TPM does not take the key in
      cert import @none                                 | NOT_FOUND | none cannot be read
      cert import @pin                                  | FAILED    | holds no X.509 certificate
      cert import @web.crt                              | REFUSED   | in the token already
      cert import /dev/zero                             | NOT_FOUND | too long
      cert import --label  @web.crt                     | USAGE     | a label wants a letter at least
      cert export --label no                            | NOT_FOUND | there is no such certificate in lab
      cert export web                                   | USAGE     | Unmatched argument
      cert export --token no                            | NOT_FOUND | there is no token no
      cert list web                                     | USAGE     | Unmatched argument
      cert list --id xy                                 | USAGE     | --id wants octets in hex
      cert list --label no                              | NOT_FOUND | there is no such certificate in lab
      cert list --token no                              | NOT_FOUND | there is no token no
      cert delete --label web                           | REFUSED   | is going to be lost; --yes does it
      cert delete --label no                            | NOT_FOUND | there is no such certificate in lab
      cert delete --fingerprint 0a                      | USAGE     | --fingerprint wants 8 digits in hex at least
      cert delete --fingerprint 00000000                | NOT_FOUND | there is no such certificate in lab
      cert delete web                                   | USAGE     | Unmatched argument
      cert self-sign --label web --pin-file @pin        | USAGE     | Missing required option: '--subject=DN'
      cert self-sign --label web --pin-file @pin --subject web | USAGE | wants a distinguished name
      cert self-sign --label web --pin-file @pin --subject CN=x --days 0 | USAGE | --days wants a number
      cert self-sign --label no --pin-file @pin --subject CN=x | NOT_FOUND | there is no such private key
      cert self-sign --label web --subject  --pin-file @pin | USAGE | --subject cannot be empty
      cert self-sign --label web --pin-file @pin --subject CN=x --days 9999999 | USAGE     | X.509 ends with the year 9999
      csr --label web --pin-file @pin                   | USAGE     | Missing required option: '--subject=DN'
      csr --label web --pin-file @pin --subject web     | USAGE     | wants a distinguished name
      csr --label no --pin-file @pin --subject CN=x     | NOT_FOUND | there is no such private key
      csr --label web --subject CN=x --dns  --pin-file @pin | USAGE  | --dns cannot be ''
      csr --label web --pin-file @pin --subject CN=x --dns 192.0.2.1 | USAGE     | an address goes to --ip
      csr --label web --pin-file @pin --subject CN=x --ip 192.0.2.0/24 | USAGE     | 192.0.2.1 and 2001:db8::1 are addresses
      csr --label web --pin-file @pin --subject CN=x --email nobody | USAGE     | somebody@example.org is an address
      csr --label web --pin-file @pin --subject CN=x --uri example.org | USAGE     | https://example.org/ is a URI
      csr --label web --pin-file @pin --subject C=Germany | USAGE     | must be exactly 2 characters
      csr --label web --pin-file @pin --subject /CN     | USAGE     | no type and value in 'CN'
      ssh public --label no                             | NOT_FOUND | tpm2-token key generate makes one
      ssh public web                                    | USAGE     | Unmatched argument
      ssh public --token no                             | NOT_FOUND | there is no token no
      ssh config --module @none                         | NOT_FOUND | there is no module
      ssh config host                                   | USAGE     | Unmatched argument
      ssh config --hosts a                              | USAGE     | Unknown option
      backup                                            | USAGE     | Missing required parameter: 'FILE'
      backup @rsa                                       | REFUSED   | is there already
      backup --token no @new                            | NOT_FOUND | there is no token no
      restore @none                                     | NOT_FOUND | none cannot be read
      restore @rsa                                      | FAILED    | it is not a backup of tpm2-token
      restore @lab.backup                               | REFUSED   | is here already
      store check lab                                   | USAGE     | Unmatched argument
      store check --repair                              | USAGE     | Unknown option
      misconfigured: store check                        | FAILED    | no key stoer
      store repair lab                                  | USAGE     | Unmatched argument
      store repair --force                              | USAGE     | Unknown option
      misconfigured: store repair                       | FAILED    | no key stoer
      provision --rsa --ecc                             | USAGE     | exclude each other
      provision --handle 0x80000000                     | USAGE     | is no persistent handle
      away: provision                                   | TPM       | nothing listens there
      caps all                                          | USAGE     | Unmatched argument
      caps --rsa                                        | USAGE     | Unknown option
      away: caps                                        | TPM       | nothing listens there
      selftest now                                      | USAGE     | Unmatched argument
      selftest --fast                                   | USAGE     | Unknown option
      away: selftest                                    | TPM       | nothing listens there
      hierarchy set-auth                                | USAGE     | Missing required parameter: 'WHOSE'
      hierarchy set-auth user                           | USAGE     | owner
      hierarchy set-auth owner                          | PIN       | give --new-auth-file FILE
      lockout show now                                  | USAGE     | Unmatched argument
      lockout show --tries 1                            | USAGE     | Unknown option
      away: lockout show                                | TPM       | nothing listens there
      lockout set --tries many                          | USAGE     | Invalid value for option '--tries'
      lockout set 10                                    | USAGE     | Unmatched argument
      away: lockout set --tries 10                      | TPM       | nothing listens there
      lockout reset now                                 | USAGE     | Unmatched argument
      lockout reset --auth-file @none                   | NOT_FOUND | none cannot be read
      away: lockout reset                               | TPM       | nothing listens there
      primary create --rsa --ecc                        | USAGE     | exclude each other
      primary create --hierarchy lockout                | USAGE     | the lockout has no keys
      primary create --hierarchy user                   | USAGE     | Invalid value for option '--hierarchy'
      primary persist                                   | USAGE     | Missing required option: '--handle=HANDLE'
      primary persist --handle 81000001                 | REFUSED   | there is a key at 0x81000001 already
      primary persist --handle 1                        | USAGE     | is no persistent handle
      primary evict --handle 81000001                   | REFUSED   | no key in lab can be used without it; --yes does it
      primary evict --handle 81000005 --yes             | NOT_FOUND | there is no key at 0x81000005
      primary evict                                     | USAGE     | Missing required option: '--handle=HANDLE'
      primary list all                                  | USAGE     | Unmatched argument
      primary list --handle 1                           | USAGE     | Unknown option
      away: primary list                                | TPM       | nothing listens there
      srk export --tss                                  | USAGE     | --tss wants a file
      srk export --handle 81000005                      | NOT_FOUND | tpm2-token provision makes it
      srk export @rsa                                   | REFUSED   | is there already
      flush all                                         | USAGE     | Unmatched argument
      flush --all                                       | USAGE     | Unknown option
      away: flush                                       | TPM       | nothing listens there
      attest --pin-file @pin --label no                 | NOT_FOUND | there is no such private key
      attest --pin-file @pin --label web @rsa           | REFUSED   | is there already
      attest --pin-file @pin --label web --nonce xy     | USAGE     | octets in hex
      verify                                            | USAGE     | Missing required parameter: 'FILE'
      verify @rsa                                       | FAILED    | is not what tpm2-token attest writes
      verify --ca @none @web.proof                      | NOT_FOUND | none cannot be read
      credential make @web.proof                        | USAGE     | Missing required parameter: 'NEW'
      credential make @rsa @new                         | FAILED    | is not what tpm2-token attest writes
      credential make @web.proof @rsa                   | REFUSED   | is there already
      credential activate                               | USAGE     | Missing required parameter: 'FILE'
      credential activate @web.proof                    | FAILED    | is not what tpm2-token credential make writes
      credential activate @none                         | NOT_FOUND | none cannot be read
      completion                                        | USAGE     | Missing required parameter: 'SHELL'
      completion fish                                   | USAGE     | Invalid value for positional parameter
      completion bash zsh                               | USAGE     | Unmatched argument
      """;

  private static final CommandRun COMMAND = new CommandRun();

  /** A row of the table. */
  record Row(String line, ExitStatus status, String words) {
    @Override
    public String toString() {
      return line;
    }

    /** What is typed, without the circumstances. */
    String typed() {
      return line.replaceFirst("^\\w+: ", "");
    }
  }

  static Stream<Row> rows() {
    return TABLE
        .lines()
        .map(row -> Arrays.stream(row.split("\\|", -1)).map(String::strip).toList())
        .map(cells -> new Row(cells.get(0), ExitStatus.valueOf(cells.get(1)), cells.get(2)));
  }

  @BeforeAll
  static void setUp() {
    COMMAND.run("lockout set --tries 100").ok();
    COMMAND.token("lab");
    COMMAND.run("key generate --label web --pin-file @pin").ok();
    COMMAND.write(
        "web.crt",
        COMMAND.run("cert self-sign --label web --subject CN=web --pin-file @pin").ok().out());
    COMMAND.run("backup @lab.backup").ok();
    COMMAND.run("attest --label web --pin-file @pin @web.proof").ok();
    COMMAND.write("short", "123\n");
    COMMAND.write("bad.toml", "stoer = '/tmp'\n");
    COMMAND.run("key generate --label other --id 0102 --pin-file @pin").ok();
    COMMAND.run("srk export @srk.pub").ok();
    COMMAND.shell(
        "openssl genrsa -out rsa 2048; openssl rsa -in rsa -pubout -out rsa.pub;"
            + " openssl rsa -in rsa -pubout -outform DER -out rsa.pub.der;"
            + " openssl genrsa -out big 4096; openssl x509 -in web.crt -outform DER -out web.der;"
            + " ssh-keygen -q -t ecdsa -N '' -f ssh; : >empty");
    COMMAND.tool(
        "tpm2_createprimary",
        "-C",
        "o",
        "-G",
        "ecc256",
        "-a",
        "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign",
        "-c",
        "signer.ctx");
    COMMAND.tool(
        "tpm2_readpublic", "-c", "signer.ctx", "-f", "tss", "-o", COMMAND.dir() + "/signer.tss");
    COMMAND.tool("tpm2_flushcontext", "-t");
  }

  @AfterAll
  static void end() {
    COMMAND.close();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsSaid(Row row) {
    COMMAND.in(circumstances(row)).run(row.typed()).fails(row.status()).says(row.words());
  }

  private static CommandRun.Circumstances circumstances(Row row) {
    String before = row.line().substring(0, row.line().length() - row.typed().length());
    return switch (before) {
      case "away: " -> CommandRun.Circumstances.TPM_AWAY;
      case "empty: " -> CommandRun.Circumstances.NO_STORE;
      case "misconfigured: " -> CommandRun.Circumstances.BAD_CONFIGURATION;
      default -> CommandRun.Circumstances.ALL_WELL;
    };
  }

  @Test
  void eachVerbHasThree() {
    HelpTest.verbs()
        .forEach(
            verb ->
                assertTrue(
                    rows().filter(row -> (row.typed() + " ").startsWith(verb + " ")).count() >= 3,
                    verb));
  }
}
