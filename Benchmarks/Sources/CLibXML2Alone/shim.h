// libxml2 without anything of ours: what the model is measured against.
#pragma once

#include <libxml/parser.h>
#include <libxml/tree.h>
