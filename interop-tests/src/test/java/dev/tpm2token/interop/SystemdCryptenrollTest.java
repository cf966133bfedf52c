package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.Documented;
import dev.tpm2token.interop.harness.Guide;
import dev.tpm2token.interop.harness.Lab;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** systemd-cryptenroll, and cryptsetup with systemd's plugin, on a disk that is a file. */
@Documented("systemd-cryptenroll")
@Tag("tpm2token-only")
class SystemdCryptenrollTest {
  @BeforeAll
  static void makeADisk(Lab lab) {
    lab.laptop();
    lab.sh("mkdir p11-kit && echo \"module: $M\" >p11-kit/tpm2-token.module").ok();
    lab.mount(Path.of("p11-kit"), "/usr/share/p11-kit/modules");
    lab.write("passphrase", "a passphrase");
    lab.sh(
            """
            truncate -s 20M disk.img && cryptsetup luksFormat --batch-mode --type luks2 \
              --pbkdf pbkdf2 --pbkdf-force-iterations 1000 disk.img passphrase\
            """)
        .ok();
  }

  @Test
  void theTokenUnlocksIt(Lab lab, Guide guide) {
    guide.run(lab, "Make a key and a certificate").ok();
    guide.run(lab, "Enrol it").ok().says("enrolled as key slot 1", "systemd-pkcs11");
    lab.sh("cryptsetup luksKillSlot --batch-mode disk.img 0").ok(); // the passphrase
    guide.run(lab, "Unlock it").ok().says("Key slot 1 unlocked");
    lab.write("wrong.txt", "wrong-pin");
    lab.sh("cryptsetup open --token-only --test-passphrase --verbose disk.img <wrong.txt")
        .fails()
        .says("PIN for token 'laptop' is incorrect", "No token could be unlocked");
  }
}
