package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.Sshd;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The walk of the article, from no TPM at all to logins with a key that was in a file. */
@Documented("../from-the-article")
@Tag("tpm2token-only")
class ArticleTest {
  @Test
  void theWholeWalk(Lab lab, Guide guide) {
    // Nothing but what the page says: its own simulator, and the usual places.
    lab.env()
        .keySet()
        .removeAll(List.of("TPM2_TOKEN_TCTI", "TPM2_TOKEN_STORE", "TPM2_TOKEN_CONFIG"));
    guide.run(lab, "From the article").ok();
    guide.run(lab, "Start a simulator").ok().says("simulator:", "not there yet", "All is well.");
    guide
        .run(lab, "Make a primary key and keep it")
        .ok()
        .says("made the storage key 0x81000001", "ECC NIST_P256");
    guide
        .run(lab, "See what the TPM can do")
        .ok()
        .says("RSA keys", "2048", "NIST_P256", "0x81000001");
    guide.run(lab, "Give the hierarchies passwords").ok();
    guide
        .run(lab, "Turn an SSH key into a TPM key")
        .ok()
        .says("for the storage key 0x81000001", "-----BEGIN TSS2 PRIVATE KEY-----");
    guide.run(lab, "Put it into a token").ok().says("imported key ssh into laptop: RSA 2048");
    guide
        .run(lab, "List it with p11tool")
        .ok()
        .says("Type: Private key (RSA-2048)", "Label: ssh", "CKA_SENSITIVE");
    Sshd.start(lab);
    lab.env().computeIfPresent("SSH", (name, ssh) -> ssh.replace("-F none ", ""));
    lab.askpass("123456");
    guide.run(lab, "Log in with it").ok().says("logged in with ssh", "logged in by the agent");
    lab.sh("diff <(cut -d' ' -f2 id_rsa.pub) <(cut -d' ' -f2 authorized_keys)").ok();
  }
}
