// The page's parts, from tools/dashboard, compiled in.
#pragma once

namespace ngv {

extern const char* const results_page;
extern const char* const results_style;
extern const char* const results_script;

}  // namespace ngv
