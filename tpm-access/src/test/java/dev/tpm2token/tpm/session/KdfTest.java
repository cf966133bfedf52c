package dev.tpm2token.tpm.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of google/go-tpm, tpm2/test/testvectors (Apache 2.0), made against a TPM simulator. */
class KdfTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "SHA1,140,ff,CFB,86ed23c15d086e70a8eae700680e75d20cff,51122c5879b277ff,0d0be71c885d10eb61f2219000885c2d7658",
        "SHA256,17,ff5625623188b99180b53e96108e3e01d19c18db598631d56c,STORAGE,ef12916d91f3ed8355f100ef7d3553ff69eb63edd59a0048eeda77,800bce408c34f800,0051bb",
        "SHA256,200,'',SECRET,fbf51f160255018bbc8efea4c36ac4fb4cbba34e9eff,3cea0fdc2600,a26c73dca13a265e09eec4b0abc4ecb2bf8d26db04e8823ee6",
        "SHA256,261,2eff,CFB,ff2427af98c60f2bbc5480e24c64459dbe66a754f3,69b182c92e3f79304513027c388100,18bef37aae51edc4c229e179e7b401b98fc88eabd608262b41730d2d7c54927549",
        "SHA256,552,e38573d849a5cfc9973f58b4535e42b7c08ef28b1b3e775375b5c66b9644be,STORAGE,00586dccbebc998087e4,'',968f349b066ed26be3bd4e78333eb5c5b51c26ea376efe5dfaf061a2cf7f5eb82e4fcc2a30736e30f12b48ab17efd10576a4cf33450324b3f20011628df7a07c411f8c0f6c",
      })
  void derivesByKdfa(
      TpmAlgId hash, int bits, String key, String label, String u, String v, String expected) {
    byte[] derived = Kdf.a(hash, HEX.parseHex(key), label, HEX.parseHex(u), HEX.parseHex(v), bits);
    assertEquals(expected, HEX.formatHex(derived));
  }

  @ParameterizedTest
  @CsvSource({
    "SHA1,103,4f60ef1e20d3a266e4ed45ff,STORAGE,d309dcef2fb76c,81e625e75002c0596146a68669443ecbf699ff,78e19b34a31ad8723f5eb1ea1a",
    "SHA256,131,ff8478dcf4469b9679a8e640408ae9bfb8fe02d4ee24aada,ATH,00928a02c2f93ecaca0c,69c45f0a7e92b5ceb1cb2f33b35966,03d034219d95fb3de7b5535d6922af9693",
    "SHA256,3,ace0b616d2536451ca1fe0d9744107b88e5500,IDENTITY,e5aeb5370365c400,2e3345f6e9cca8341eb82e4098fe,07",
    "SHA256,350,00238368a5,STORAGE,33b6eb7d2af74f89510b96562341e0c2d360f4ff,2446,2c9459c415d257ffe9d5a95dd4ceecab9d5a5e9b825080a4a05a0504e73db63784d39279600fa3a6aa5bc019",
    "SHA256,475,2b418b9f09962bff,SECRET,ffed8a9f771bcc6b11e0e036d832f9b9c910a63277fd,01394db684834375e79357d836c0b3a19298018fa9f99deaf61737b0c35403ff,01ae04951e969a70b08f5e5bf0ba7218a60593160d1c4282e013967c1fb577323582d81aaff3ce11b074cec39e75bfc958d7b8bc6c6bab3b0a1ce415",
  })
  void derivesByKdfe(
      TpmAlgId hash, int bits, String z, String use, String u, String v, String expected) {
    byte[] derived = Kdf.e(hash, HEX.parseHex(z), use, HEX.parseHex(u), HEX.parseHex(v), bits);
    assertEquals(expected, HEX.formatHex(derived));
  }
}
