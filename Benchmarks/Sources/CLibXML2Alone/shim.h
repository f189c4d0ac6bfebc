// libxml2 without anything of ours: what the model is measured against.
#pragma once

#include <libxml/xmlversion.h>

// ICU's headers, which libxml2 includes, are not needed, and are not those of Foundation.
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/tree.h>
