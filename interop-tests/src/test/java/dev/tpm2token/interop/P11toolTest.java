package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** GnuTLS's p11tool. */
@ExtendWith(LabExtension.class)
class P11toolTest {
  @BeforeAll
  static void makeAToken(Lab lab) {
    String p11tool = "p11tool --provider=" + lab.module().library();
    lab.env().put("P", p11tool);
    lab.env().put("L", p11tool + " --login --set-pin=" + Lab.PIN);
    lab.env().put("T", "pkcs11:token=lab");
    lab.sh("$P --initialize --label lab --set-so-pin=$SO_PIN pkcs11:").ok();
    lab.sh("$P --initialize-pin --set-so-pin=$SO_PIN --set-pin=$PIN $T").ok();
  }

  @Test
  void tokens(Lab lab) {
    lab.sh("$P --list-tokens").ok().says("Label: lab", "token=lab");
    lab.sh("$P --list-mechanisms $T").ok().says("CKM_RSA_PKCS", "CKM_ECDSA");
  }

  @Test
  void rsa(Lab lab) {
    lab.sh("$L --generate-rsa --bits 2048 --label rsa --id 11 --outfile=rsa.pem $T").ok();
    lab.sh("openssl pkey -pubin -in rsa.pem -noout -text").ok().says("2048 bit");
    lab.sh("$P --list-all $T").ok().says("Type: Public key (RSA-2048)").doesNotSay("Private key");
    lab.sh("$L --list-all $T").ok().says("Type: Private key (RSA-2048)", "ID: 11");
    lab.sh("$L --test-sign \"$T;object=rsa;type=private\"").ok().says("ok");
    lab.sh(
            """
            $L --test-sign --sign-params rsa-pss --hash sha256 "$T;object=rsa;type=private"\
            """)
        .ok()
        .says("ok");
  }

  @Test
  void ecc(Lab lab) {
    lab.sh("$L --generate-ecc --curve secp256r1 --label ecc --id 12 --outfile=ecc.pem $T").ok();
    lab.sh("openssl pkey -pubin -in ecc.pem -noout -text").ok().says("256 bit", "P-256");
    lab.sh("$L --list-all $T").ok().says("Type: Private key (EC/ECDSA", "ID: 12");
    lab.sh("$L --test-sign \"$T;object=ecc;type=private\"").ok().says("ok");
    lab.sh("$L --set-label=renamed \"$T;object=ecc;type=private\"").ok();
    lab.sh("$L --list-privkeys $T").ok().says("Label: renamed").doesNotSay("Label: ecc");
  }

  @Test
  void certificates(Lab lab) {
    lab.sh(
            """
            openssl req -x509 -newkey rsa:2048 -nodes -keyout soft.key -subj /CN=lab \
              -out cert.pem\
            """)
        .ok();
    lab.sh("$L --write --load-certificate cert.pem --label cert --id 13 $T").ok();
    lab.sh("$P --list-all-certs $T").ok().says("Type: X.509 Certificate", "ID: 13");
    lab.sh("$P --export \"$T;id=%13;type=cert\" >read.pem").ok();
    lab.sh("openssl x509 -in cert.pem -outform DER -out cert.der").ok();
    lab.sh("openssl x509 -in read.pem -outform DER | cmp - cert.der").ok();
    lab.sh("$L --set-label=renamed \"$T;object=cert;type=cert\"").ok();
    lab.sh("$P --list-all-certs $T").ok().says("Label: renamed");
    lab.sh("$L --batch --delete \"$T;id=%13\"").ok();
    assertEquals(0, lab.sh("$P --list-all-certs $T").count("Certificate"));
  }

  @Test
  void aWrongPin(Lab lab) {
    lab.sh("$L --generate-ecc --curve secp256r1 --label hidden --outfile=hidden.pem $T").ok();
    lab.sh("$L --list-privkeys $T").ok().says("Private key", "hidden");
    lab.sh("$P --batch --login --set-pin=not-the-pin --list-privkeys $T </dev/null")
        .fails()
        .says("Wrong PIN has been provided", "Cannot continue with a wrong password")
        .doesNotSay("Private key", "hidden");
  }
}
