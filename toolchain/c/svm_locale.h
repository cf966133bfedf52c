/* The user's locale as the image's start-up asks for it. The builder reads sizes and offsets from this header and is told nothing else. */
#ifndef SVM_LOCALE_H
#define SVM_LOCALE_H

#define SVM_LOCALE_INITIALIZATION_USE_DEFAULT 0
#define SVM_LOCALE_INITIALIZATION_SUCCEEDED 1
#define SVM_LOCALE_INITIALIZATION_OUT_OF_MEMORY 2

typedef struct {
    const char *format_language;
    const char *format_script;
    const char *format_country;
    const char *format_variant;
    const char *display_language;
    const char *display_script;
    const char *display_country;
    const char *display_variant;
} svm_locale_props_t;

int svm_initialize_locale(void);
const svm_locale_props_t *svm_get_locale(void);

#endif
