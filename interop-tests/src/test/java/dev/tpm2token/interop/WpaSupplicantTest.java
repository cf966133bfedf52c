package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** wpa_supplicant's EAP-TLS against hostapd's RADIUS server, without a network between them. */
@Documented("wpa-supplicant")
@Tag("tpm2token-only")
class WpaSupplicantTest {
  private static final String TRY = "eapol_test -c %s -a 127.0.0.1 -p $PORT -s secret -t 5";

  @BeforeAll
  static void configure(Lab lab, Guide guide) {
    lab.laptop();
    Server.certificate(lab);
    lab.sh("mkdir p11-kit && echo \"module: $M\" >p11-kit/tpm2-token.module").ok();
    lab.mount(Path.of("p11-kit"), "/usr/share/p11-kit/modules");
    guide.run(lab, "Have a key certified").ok();
    guide.run(lab, "Configure it").ok();
    lab.sh(
            """
            tpm2-token key generate --label rsa --type rsa:2048 --pin-file pin.txt &&
            tpm2-token csr --label rsa --pin-file pin.txt --subject CN=rsa --for client >rsa.csr &&
            openssl x509 -req -in rsa.csr -copy_extensions copy -CA ca.crt -CAkey ca.key \
              -CAcreateserial -days 30 -out rsa.crt &&
            tpm2-token cert import --label rsa rsa.crt\
            """)
        .ok();
    serve(lab);
  }

  private static void serve(Lab lab) {
    Server.choosePort(lab);
    lab.write("users", "* TLS\n");
    lab.write("radius-clients", "127.0.0.1 secret\n");
    lab.write(
        "hostapd.conf",
        """
        driver=none
        interface=lo
        eap_server=1
        eap_user_file=users
        ca_cert=ca.crt
        server_cert=server.crt
        private_key=server.key
        radius_server_clients=radius-clients
        radius_server_auth_port=%s
        tls_flags=[ENABLE-TLSv1.3]
        """
            .formatted(lab.env().get("PORT")));
    lab.sh("hostapd -B -P $PWD/hostapd.pid -f hostapd.log hostapd.conf").ok();
    lab.atEnd(() -> lab.sh("kill $(cat hostapd.pid)").ok());
  }

  @Test
  void theExchangeOfThePage(Lab lab, Guide guide) {
    assertEquals("SUCCESS", guide.run(lab, "Try it without a network").ok().lines().getLast());
  }

  @ParameterizedTest
  @CsvSource({"wlan, TLSv1.2", "wlan, TLSv1.3", "rsa, TLSv1.2", "rsa, TLSv1.3"})
  void bothVersionsOfTls(String key, String version, Lab lab) {
    int disabled = version.equals("TLSv1.2") ? 1 : 0;
    lab.sh(
            """
            sed 's/object=wlan/object=%s/; /pin=/a phase1="tls_disable_tlsv1_3=%d"' \
              wpa_supplicant.conf >other.conf\
            """
                .formatted(key, disabled))
        .ok();
    lab.sh(TRY.formatted("other.conf")).ok().says("SSL: Using TLS version " + version);
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.sh("sed 's/pin=.*/pin=\"wrong-pin\"/' wpa_supplicant.conf >wrong.conf").ok();
    lab.sh(TRY.formatted("wrong.conf")).says("PIN incorrect", "FAILURE");
  }
}
