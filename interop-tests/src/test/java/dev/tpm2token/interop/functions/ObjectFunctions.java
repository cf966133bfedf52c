package dev.tpm2token.interop.functions;

import static dev.tpm2token.interop.functions.Argument.input;
import static dev.tpm2token.interop.functions.Argument.number;
import static dev.tpm2token.interop.functions.Argument.object;
import static dev.tpm2token.interop.functions.Argument.pointer;
import static dev.tpm2token.interop.functions.Argument.session;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Object management: PKCS#11, section 5.7. */
final class ObjectFunctions {
  /** A curve that no TPM has: secp112r1. */
  static final byte[] NO_CURVE = {6, 5, 0x2b, (byte) 0x81, 4, 0, 6};

  static final String NO_SUCH_CURVE =
      "parameters that name no curve of ours are CKR_CURVE_NOT_SUPPORTED, whatever they are";

  private static final String MAY = "the standard does not require it of a search";

  private ObjectFunctions() {}

  static List<FunctionRows> rows() {
    return List.of(
        create(),
        copy(),
        new FunctionRows(Fn.C_DestroyObject, session(), object(World::data))
            .but(
                Rv.CKR_ACTION_PROHIBITED,
                "hObject",
                "with CKA_DESTROYABLE false",
                w -> w.user().create(World.dataTemplate().with(Ck.A_DESTROYABLE, false)))
            .when(
                Rv.CKR_SESSION_READ_ONLY,
                "R/O, and it is a token object",
                World::reader,
                "hObject",
                World::rsaPublic),
        new FunctionRows(Fn.C_GetObjectSize, session(), object(World::data), pointer("pulSize", 8))
            .open(Rv.CKR_INFORMATION_SENSITIVE, "no size tells a secret"),
        new FunctionRows(
                Fn.C_GetAttributeValue,
                session(),
                object(World::data),
                input("pTemplate", w -> w.asking(Ck.A_VALUE, 64)),
                number("ulCount", 1))
            .but(Rv.CKR_OK, "pTemplate", "without room", w -> lengthOf(w, Ck.A_VALUE))
            .but(
                Rv.CKR_ATTRIBUTE_SENSITIVE,
                "a sensitive key's value",
                Map.of("hObject", World::uselessAes, "pTemplate", w -> w.asking(Ck.A_VALUE, 64)))
            .but(
                Rv.CKR_ATTRIBUTE_SENSITIVE,
                "a private key's exponent",
                Map.of(
                    "hObject",
                    World::rsaPrivate,
                    "pTemplate",
                    w -> w.asking(Ck.A_PRIVATE_EXPONENT, 512)))
            .but(
                Rv.CKR_ATTRIBUTE_TYPE_INVALID,
                "pTemplate",
                "of what it has not",
                w -> w.asking(Ck.A_MODULUS, 64))
            .but(
                Rv.CKR_BUFFER_TOO_SMALL,
                "pTemplate",
                "with room for 15 of 16 bytes",
                w -> w.asking(Ck.A_VALUE, 15)),
        set(),
        new FunctionRows(
                Fn.C_FindObjectsInit,
                session(),
                input("pTemplate", w -> Template.of().with(Ck.A_TOKEN, true)),
                number("ulCount", 1))
            .but(Rv.CKR_OK, "ulCount", "0: all objects", w -> 0)
            .when(Rv.CKR_OPERATION_ACTIVE, "a search is under way", World::finding)
            .open(Rv.CKR_ATTRIBUTE_TYPE_INVALID, MAY)
            .open(Rv.CKR_ATTRIBUTE_VALUE_INVALID, MAY),
        new FunctionRows(
                Fn.C_FindObjects,
                session(),
                pointer("phObject", 64),
                number("ulMaxObjectCount", 8),
                pointer("pulObjectCount", 8))
            .during(World::finding),
        new FunctionRows(Fn.C_FindObjectsFinal, session()).during(World::finding));
  }

  private static FunctionRows create() {
    return new FunctionRows(
            Fn.C_CreateObject,
            session(),
            input("pTemplate", w -> World.dataTemplate()),
            number("ulCount", World.dataTemplate().count()),
            pointer("phObject", 8))
        .template(Rv.CKR_OK, "a secret key", () -> World.secret(Ck.K_AES))
        .template(
            Rv.CKR_ATTRIBUTE_READ_ONLY,
            "with CKA_LOCAL",
            () -> World.secret(Ck.K_AES).with(Ck.A_LOCAL, true))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> World.dataTemplate().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> World.dataTemplate().with(Ck.A_MODIFIABLE, new byte[3]))
        .template(
            Rv.CKR_CURVE_NOT_SUPPORTED, "a key on a curve that nobody has", () -> point(NO_CURVE))
        .template(
            Rv.CKR_CURVE_NOT_SUPPORTED,
            "a key with parameters that are none",
            () -> point(new byte[3]))
        .open(Rv.CKR_DOMAIN_PARAMS_INVALID, NO_SUCH_CURVE)
        .template(Rv.CKR_SESSION_READ_ONLY, "a token object, R/O", World::reader, () -> tokenData())
        .template(
            Rv.CKR_TEMPLATE_INCOMPLETE,
            "without CKA_CLASS",
            () -> Template.of().with(Ck.A_LABEL, "what"))
        .template(
            Rv.CKR_TEMPLATE_INCOMPLETE,
            "a key without its value",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY).with(Ck.A_KEY_TYPE, Ck.K_AES))
        .template(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "with two labels",
            () -> World.dataTemplate().with(Ck.A_LABEL, "another"))
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "a private object, and nobody is logged in",
            World::logout,
            ObjectFunctions::privateData)
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "a private object, and the SO is logged in",
            World::officer,
            ObjectFunctions::privateData);
  }

  private static Template privateData() {
    return Template.of().with(Ck.A_CLASS, Ck.O_DATA).with(Ck.A_PRIVATE, true);
  }

  private static Template tokenData() {
    return Template.of().with(Ck.A_CLASS, Ck.O_DATA).with(Ck.A_TOKEN, true);
  }

  private static Template point(byte[] curve) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_PUBLIC_KEY)
        .with(Ck.A_KEY_TYPE, Ck.K_EC)
        .with(Ck.A_EC_PARAMS, curve)
        .with(Ck.A_EC_POINT, new byte[67]);
  }

  private static FunctionRows copy() {
    return changes(
            new FunctionRows(
                Fn.C_CopyObject,
                session(),
                object(World::data),
                input("pTemplate", w -> Template.of().with(Ck.A_LABEL, "a copy")),
                number("ulCount", 1),
                pointer("phNewObject", 8)))
        .but(Rv.CKR_OK, "ulCount", "0: as it is", w -> 0)
        .but(
            Rv.CKR_ACTION_PROHIBITED,
            "hObject",
            "with CKA_COPYABLE false",
            w -> w.user().create(World.dataTemplate().with(Ck.A_COPYABLE, false)))
        .template(
            Rv.CKR_SESSION_READ_ONLY,
            "to a token object, R/O",
            World::reader,
            () -> Template.of().with(Ck.A_TOKEN, true))
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "to a private object, and nobody is logged in",
            World::logout,
            () -> Template.of().with(Ck.A_PRIVATE, true))
        .template(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "to a private object, and the SO is logged in",
            World::officer,
            () -> Template.of().with(Ck.A_PRIVATE, true));
  }

  private static FunctionRows set() {
    return changes(
            new FunctionRows(
                Fn.C_SetAttributeValue,
                session(),
                object(World::data),
                input("pTemplate", w -> Template.of().with(Ck.A_LABEL, "new")),
                number("ulCount", 1)))
        .but(
            Rv.CKR_ACTION_PROHIBITED,
            "hObject",
            "with CKA_MODIFIABLE false",
            w -> w.user().create(World.dataTemplate().with(Ck.A_MODIFIABLE, false)))
        .when(
            Rv.CKR_SESSION_READ_ONLY,
            "R/O, and it is a token object",
            World::reader,
            "hObject",
            World::rsaPublic)
        .open(
            Rv.CKR_USER_NOT_LOGGED_IN,
            "without a login private objects have no handle, and public ones may be changed");
  }

  /** What a change and a copy with changes have in common. */
  private static FunctionRows changes(FunctionRows rows) {
    return rows.template(
            Rv.CKR_ATTRIBUTE_READ_ONLY,
            "that changes CKA_CLASS",
            () -> Template.of().with(Ck.A_CLASS, Ck.O_CERTIFICATE))
        .but(
            Rv.CKR_ATTRIBUTE_READ_ONLY,
            "that makes a key extractable again",
            key(() -> Template.of().with(Ck.A_EXTRACTABLE, true)))
        .but(
            Rv.CKR_ATTRIBUTE_READ_ONLY,
            "that makes a sensitive key readable",
            key(() -> Template.of().with(Ck.A_SENSITIVE, false)))
        .template(
            Rv.CKR_ATTRIBUTE_TYPE_INVALID,
            "with an attribute that nobody has",
            () -> Template.of().with(0x7fff_fff1L, true))
        .template(
            Rv.CKR_ATTRIBUTE_VALUE_INVALID,
            "with a CK_BBOOL of 3 bytes",
            () -> Template.of().with(Ck.A_MODIFIABLE, new byte[3]))
        .but(
            Rv.CKR_TEMPLATE_INCONSISTENT,
            "with two labels",
            Map.of(
                "pTemplate",
                w -> Template.of().with(Ck.A_LABEL, "one").with(Ck.A_LABEL, "two"),
                "ulCount",
                w -> 2));
  }

  private static Map<String, Value> key(Supplier<Template> template) {
    return Map.of("hObject", World::uselessAes, "pTemplate", w -> template.get());
  }

  private static Object lengthOf(World w, long type) {
    var attribute = w.asking(type, 1);
    attribute.putLong(8, 0);
    return attribute;
  }
}
