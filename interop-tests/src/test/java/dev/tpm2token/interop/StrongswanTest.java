package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** strongSwan's pki and two of its daemons: IKEv2 on loopback, without a tunnel. */
@Documented("strongswan")
@Tag("tpm2token-only")
class StrongswanTest {
  /** A daemon that may stand beside another one, and does not touch the machine's routes. */
  private static final String CHARON =
      """
      charon {
        load_modular = no
        load = random nonce x509 constraints pubkey pkcs1 pkcs8 pem openssl sha1 sha2 hmac kdf \
      aes curve25519 kernel-netlink socket-default vici %s
        port = %d
        port_nat_t = %d
        install_routes = no
        routing_table = 0
        filelog {
          stderr {
            flush_line = yes
          }
        }
      }
      """;

  @BeforeEach
  void startTheDaemons(Lab lab, Guide guide) throws IOException {
    lab.laptop();
    Server.certificate(lab);
    lab.sh("cp -r /etc/strongswan.d /etc/swanctl . && mkdir -p run server/run").ok();
    for (String folder : new String[] {"strongswan.d", "swanctl"}) {
      lab.mount(Path.of(folder), "/etc/" + folder);
    }
    lab.mount(Path.of("run"), "/run");
    serve(lab);
    guide.run(lab, "Set it up").ok();
    lab.write("strongswan.d/test.conf", CHARON.formatted("pkcs11", 0, 0));
    start(lab, "exec /usr/lib/ipsec/charon", "/run");
  }

  private static void serve(Lab lab) throws IOException {
    Server.choosePort(lab);
    int port = Integer.parseInt(lab.env().get("PORT"));
    lab.write("server/strongswan.conf", CHARON.formatted("", port + 1, port));
    lab.write(
        "server/swanctl.conf",
        """
        connections {
          office {
            version = 2
            childless = force
            local {
              auth = pubkey
              certs = server.crt
              id = localhost
            }
            remote {
              auth = pubkey
            }
          }
        }
        """);
    lab.sh(
            """
            cd server && mkdir x509 x509ca private && cp ../server.crt x509 && cp ../ca.crt x509ca &&
              cp ../server.key private\
            """)
        .ok();
    start(
        lab,
        """
        mount --bind server/run /run && STRONGSWAN_CONF=server/strongswan.conf \
          exec /usr/lib/ipsec/charon\
        """,
        "$PWD/server/run");
    lab.sh(
            """
            SWANCTL_DIR=$PWD/server swanctl --load-all --noprompt \
              --uri unix://$PWD/server/run/charon.vici\
            """)
        .ok();
  }

  private static void start(Lab lab, String commandLine, String run) throws IOException {
    Process charon =
        lab.builder("bash", "-c", commandLine)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(lab.dir().resolve("charon.log").toFile()))
            .start();
    lab.atEnd(() -> charon.destroy());
    lab.sh(
            """
            for i in $(seq 100); do
              swanctl --stats --uri unix://%s/charon.vici >/dev/null 2>&1 && exit; sleep 0.1
            done; cat charon.log; exit 1\
            """
                .formatted(run))
        .ok();
  }

  @Test
  void anEcKey(Lab lab, Guide guide) {
    guide.run(lab, "Have a key certified").ok();
    guide
        .run(lab, "Configure it and connect")
        .ok()
        .says("with ECDSA", "[CN=ipsec]...", "established");
    aTokenThatComes(lab);
  }

  /** charon waits for slots' events; while nothing happens, it is nothing to be logged. */
  private static void aTokenThatComes(Lab lab) {
    lab.write("so-pin.txt", Lab.SO_PIN);
    lab.sh("tpm2-token token init --label second --no-pin --so-pin-file so-pin.txt").ok();
    lab.sh("timeout 20 sh -c 'until grep second charon.log; do sleep 0.1; done'").ok();
    lab.sh("cat module.log").ok().doesNotSay("C_WaitForSlotEvent");
  }

  @Test
  void anRsaKey(Lab lab, Guide guide) {
    lab.sh(
            """
            tpm2-token key generate --label ipsec --type rsa:2048 --pin-file pin.txt &&
            tpm2-token csr --label ipsec --pin-file pin.txt --subject CN=ipsec >ipsec.csr &&
            openssl x509 -req -in ipsec.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 \
              -out /etc/swanctl/x509/ipsec.crt && cp ca.crt /etc/swanctl/x509ca/\
            """)
        .ok();
    guide
        .run(lab, "Configure it and connect")
        .ok()
        .says("with RSA", "[CN=ipsec]...", "established");
  }

  @Test
  void aWrongPin(Lab lab, Guide guide) {
    guide.run(lab, "Have a key certified").ok();
    lab.write("pin.txt", "wrong-pin");
    guide
        .run(lab, "Configure it and connect")
        .fails()
        .says("loading private key from token failed");
    lab.sh("cat charon.log").ok().says("PIN_INCORRECT");
  }
}
