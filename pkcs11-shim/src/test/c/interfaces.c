/* interfaces MODULE: C_GetInterface and C_GetInterfaceList as NSS, p11-kit and pkcs11-provider call them, and as they must be refused. */
#include "host.h"

int main(int argc, char **argv) {
    REQUIRE(argc == 2);
    void *library = dlopen(argv[1], RTLD_NOW);
    REQUIRE(library != NULL);
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_RV (*get_list)(CK_INTERFACE *, CK_ULONG *);
    *(void **)&get = dlsym(library, "C_GetInterface");
    *(void **)&get_list = dlsym(library, "C_GetInterfaceList");
    REQUIRE(get != NULL && get_list != NULL);

    CK_ULONG count = 0, none = 0;
    REQUIRE(get_list(NULL, NULL) == CKR_ARGUMENTS_BAD);
    REQUIRE(get_list(NULL, &count) == CKR_OK && count > 0 && count < 16);
    CK_INTERFACE list[16];
    REQUIRE(get_list(list, &none) == CKR_BUFFER_TOO_SMALL && none == count);
    REQUIRE(get_list(list, &count) == CKR_OK);

    CK_UTF8CHAR *name = (CK_UTF8CHAR *)"PKCS 11";
    CK_VERSION v2_40 = {2, 40}, v3_0 = {3, 0}, v3_2 = {3, 2}, v9_9 = {9, 9};
    CK_INTERFACE *found;
    REQUIRE(get(NULL, NULL, NULL, 0) == CKR_ARGUMENTS_BAD);
    REQUIRE(get(NULL, NULL, &found, 0) == CKR_OK && found->pFunctionList == list[0].pFunctionList);
    REQUIRE(get(name, NULL, &found, 0) == CKR_OK && strcmp((char *)found->pInterfaceName, "PKCS 11") == 0);
    REQUIRE(get(name, &v2_40, &found, 0) == CKR_OK && ((CK_VERSION *)found->pFunctionList)->minor == 40);
    REQUIRE(get(name, &v3_0, &found, 0) == CKR_OK && ((CK_FUNCTION_LIST_3_0 *)found->pFunctionList)->C_MessageVerifyFinal != NULL);
    REQUIRE(get(name, &v3_2, &found, 0) == CKR_OK && ((CK_FUNCTION_LIST_3_2 *)found->pFunctionList)->C_UnwrapKeyAuthenticated != NULL);
    REQUIRE(found->pFunctionList == list[0].pFunctionList);
    REQUIRE(sizeof(CK_FUNCTION_LIST_3_0) == 93 * sizeof(void *) && sizeof(CK_FUNCTION_LIST_3_2) == 105 * sizeof(void *));
    REQUIRE(((CK_FUNCTION_LIST_3_2 *)found->pFunctionList)->C_SessionCancel(1, 0) == CKR_CRYPTOKI_NOT_INITIALIZED);
    REQUIRE(get(name, &v9_9, &found, 0) == CKR_FUNCTION_FAILED);
    REQUIRE(get((CK_UTF8CHAR *)"Vendor NSS FIPS Interface", NULL, &found, 0) == CKR_FUNCTION_FAILED);
    REQUIRE(get(name, NULL, &found, 0x80000000UL) == CKR_FUNCTION_FAILED);
    return 0;
}
