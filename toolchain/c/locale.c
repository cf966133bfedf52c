/*
 * A security module must not read or write differently because its host is started under another language, so the
 * locale is the same everywhere and the host's environment is not consulted.
 */
#include "svm_locale.h"

static const svm_locale_props_t english = {
    .format_language = "en", .format_script = "", .format_country = "", .format_variant = "",
    .display_language = "en", .display_script = "", .display_country = "", .display_variant = "",
};

int svm_initialize_locale(void) {
    return SVM_LOCALE_INITIALIZATION_SUCCEEDED;
}

const svm_locale_props_t *svm_get_locale(void) {
    return &english;
}
