package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Server;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenVPN's handshake, by pkcs11-helper, without a tun device. */
@Documented("openvpn")
@Tag("tpm2token-only")
class OpenvpnTest {
  @BeforeEach
  void makeAToken(Lab lab) {
    lab.laptop();
    Server.certificate(lab);
  }

  /** Its management interface, on the same number, tells that it is up. */
  private static void serve(Lab lab, String version) {
    Server.start(
        lab,
        """
        exec openvpn --dev null --proto udp --local 127.0.0.1 --lport $PORT \
          --management 127.0.0.1 $PORT --tls-server --dh none --remote-cert-tls client \
          --ca ca.crt --cert server.crt --key server.key \
          --tls-version-min %1$s --tls-version-max %1$s --verb 3\
        """
            .formatted(version));
  }

  private static void connect(String version, Lab lab, Guide guide) {
    serve(lab, version);
    guide.run(lab, "Configure it").ok();
    guide.run(lab, "Connect").ok().says("CONNECTED,SUCCESS");
    lab.sh("cat server.log").ok().says("[vpn] Peer Connection Initiated", "TLSv" + version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void anEcKey(String version, Lab lab, Guide guide) {
    guide.run(lab, "Put a certificate beside the key").ok();
    connect(version, lab, guide);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void anRsaKey(String version, Lab lab, Guide guide) {
    lab.sh(
            """
            tpm2-token key generate --label rsa --type rsa:2048 --pin-file pin.txt &&
            tpm2-token csr --label rsa --pin-file pin.txt --subject CN=vpn --for client >rsa.csr &&
            openssl x509 -req -in rsa.csr -copy_extensions copy -CA ca.crt -CAkey ca.key \
              -CAcreateserial -days 30 -out rsa.crt &&
            tpm2-token cert import rsa.crt\
            """)
        .ok();
    connect(version, lab, guide);
  }

  @Test
  void aWrongPinIsAskedForAgain(Lab lab, Guide guide) {
    guide.run(lab, "Put a certificate beside the key").ok();
    serve(lab, "1.3");
    guide.run(lab, "Configure it").ok();
    lab.sh(
            """
            MANAGEMENT=$((PORT + 1))
            openvpn --config client.conf --management 127.0.0.1 $MANAGEMENT \
              --management-query-passwords >client.log & CLIENT=$!
            until exec 3<>/dev/tcp/127.0.0.1/$MANAGEMENT; do sleep 0.1; done
            echo state on >&3
            for i in 1 2 3; do
              timeout 10 sed -u "/Need 'laptop token' password/q" <&3
              echo 'password "laptop token" wrong-pin' >&3
            done
            timeout 10 sed -u "/RECONNECTING,tls-error/q" <&3
            kill $CLIENT
            cat client.log\
            """)
        .ok()
        .says("TLS handshake failed");
    lab.sh("tpm2_getcap -T $TPM2_TOKEN_TCTI properties-variable | grep LOCKOUT_COUNTER")
        .ok()
        .says("0x1");
  }
}
