package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** tpm2-openssl, which uses keys in files: the same ones, in both directions. */
@Documented("tpm2-openssl")
@Tag("tpm2token-only")
class Tpm2OpensslTest {
  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.laptop();
    lab.write("letter.txt", "Dear reader\n");
    lab.env().put("TPM2OPENSSL_TCTI", lab.env().get("TPM2_TOKEN_TCTI"));
  }

  @Test
  void aTokensKeyInAFile(Lab lab, Guide guide) {
    guide.run(lab, "Use a token's key").ok();
    guide.run(lab, "Check it").ok().says("Verified OK", "self-signature verify OK");
  }

  @Test
  void anRsaKeyWithAPassword(Lab lab) {
    lab.write("password.txt", "open sesame");
    lab.sh(
            """
            tpm2-token key generate --label rsa --id 77 --type rsa:2048 --pin-file pin.txt &&
            tpm2-token key export --label rsa --tss2 --new-passphrase-file password.txt \
              --pin-file pin.txt rsa.tpm &&
            tpm2-token key export --label rsa --public >rsa.pub &&
            openssl dgst -sha256 -binary letter.txt >letter.sha256 &&
            openssl pkeyutl -sign -provider tpm2 -provider default -inkey rsa.tpm \
              -passin file:password.txt -pkeyopt pad-mode:pss -pkeyopt digest:sha256 \
              -in letter.sha256 -out rsa.sig &&
            openssl pkeyutl -sign -provider tpm2 -provider default -inkey rsa.tpm \
              -passin file:password.txt -rawin -digest sha256 -in letter.txt -out pkcs1.sig\
            """)
        .ok();
    lab.sh(
            """
            pkcs11-tool --module $M --token-label laptop --verify --mechanism SHA256-RSA-PKCS \
              --id 77 --input-file letter.txt --signature-file pkcs1.sig\
            """)
        .ok()
        .says("Signature is valid");
    lab.sh(
            """
            openssl dgst -sha256 -verify rsa.pub -sigopt rsa_padding_mode:pss \
              -sigopt rsa_pss_saltlen:auto -signature rsa.sig letter.txt\
            """)
        .ok()
        .says("Verified OK");
  }

  @Test
  void theProvidersKeyInAToken(Lab lab, Guide guide) {
    guide
        .run(lab, "Bring the provider's key into a token")
        .ok()
        .says("imported key other into laptop: EC P-256", "under storage key 0x40000001");
    lab.sh(
            """
            pkcs11-tool --module $M --token-label laptop --login --pin $PIN --sign \
              --mechanism ECDSA-SHA256 --label other --input-file letter.txt --output-file o.sig \
              --signature-format openssl 2>/dev/null &&
            tpm2-token key export --label other --public >other.pub &&
            openssl dgst -sha256 -verify other.pub -signature o.sig letter.txt\
            """)
        .ok()
        .says("Verified OK");
  }

  @Test
  void aKeyWithAPasswordAndOneUnderThePersistentParent(Lab lab) {
    lab.write("password.txt", "open sesame");
    lab.sh(
            """
            openssl genpkey -provider tpm2 -algorithm RSA -pkeyopt bits:2048 \
              -pkeyopt user-auth:'open sesame' -pkeyopt parent:0x81000001 -out p.tpm &&
            tpm2-token key import --label p --pin-file pin.txt --passphrase-file password.txt p.tpm &&
            tpm2-token csr --label p --subject CN=p --pin-file pin.txt >p.csr &&
            openssl req -in p.csr -noout -verify\
            """)
        .ok()
        .says("verify OK");
    lab.sh("tpm2-token key import --label q --pin-file pin.txt --passphrase-file pin.txt p.tpm")
        .fails();
  }

  /** Wrapped for this TPM as if on another machine: the provider wants it by way of a token. */
  @Test
  void anImportableKey(Lab lab) {
    lab.sh(
            """
            tpm2-token srk export srk.pub &&
            openssl ecparam -name prime256v1 -genkey -noout -out software.key &&
            tpm2-token key wrap --for srk.pub --no-passphrase software.key importable.tpm\
            """)
        .ok();
    lab.sh("openssl pkey -provider tpm2 -provider default -in importable.tpm -pubout 2>&1")
        .fails()
        .says("unsupported");
    lab.sh(
            """
            tpm2-token key import --label imported --pin-file pin.txt importable.tpm &&
            tpm2-token key export --label imported --tss2 --no-passphrase --pin-file pin.txt i.tpm &&
            openssl pkey -provider tpm2 -provider default -in i.tpm -pubout -out i.pub &&
            openssl pkey -in software.key -pubout -out software.pub && cmp i.pub software.pub\
            """)
        .ok();
  }
}
