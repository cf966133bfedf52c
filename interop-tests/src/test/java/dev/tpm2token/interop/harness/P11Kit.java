package dev.tpm2token.interop.harness;

/** p11-kit, for clients that know a module by its file alone. */
public final class P11Kit {
  private static final String ENTER =
      "mount --bind p11-kit /usr/share/p11-kit/modules && exec \"$@\"";

  private P11Kit() {}

  /** Has the files in p11-kit's folder be this one of ours, for this lab's commands. */
  public static void hasOnlyOurs(Lab lab) {
    lab.sh("mkdir -p p11-kit && echo \"module: $M\" >p11-kit/tpm2-token.module").ok();
    lab.runBy("unshare", "--mount", "bash", "-c", ENTER, "enter");
  }
}
