// The libxml2 headers that XMLTree uses, and what Swift cannot say to them:
// only what differs between versions of the library, or what Swift's importer refuses, may stand here.
#pragma once

#include <libxml/xmlversion.h>

// libxml2 with ICU includes ICU's headers, which Swift cannot tell from those that Foundation has of another version.
// They matter to the fields of an encoding handler alone, and nobody looks at those here.
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

// The argument of an error handler became a pointer to const in 2.12.
#if LIBXML_VERSION >= 21200
typedef const xmlError *hostdev_xml_error;
#else
typedef xmlErrorPtr hostdev_xml_error;
#endif

// The members of a parser context are being deprecated one by one, without an accessor for each.
static inline void hostdev_xml_handle_events(xmlParserCtxtPtr parser, xmlSAXHandler handler, void *receiver) {
    *parser->sax = handler;
    parser->userData = receiver;
}

// How many different names a parser has met.
static inline int hostdev_xml_name_count(xmlParserCtxtPtr parser) {
    return xmlDictSize(parser->dict);
}
