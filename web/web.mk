# SPDX-License-Identifier: GPL-2.0-or-later
#
# The page: $(WEB) is a folder of plain files for any file server. Included by the top Makefile.

WEB := $(BUILD)/web
WEB_GUESTS := shell pingpong heartbeat hello mandel hostile
WEB_MODULES := web/node_modules
WEB_OWN := web/index.html web/style.css $(sort $(wildcard web/src/*.js web/src/*/*.js))

# The parts of npm's packages that the page loads: where from, and under which name.
WEB_PARTS := v86/build/libv86.mjs:v86/libv86.mjs v86/build/v86.wasm:v86/v86.wasm v86/LICENSE:v86/LICENSE \
	@xterm/xterm/lib/xterm.mjs:xterm/xterm.mjs @xterm/xterm/css/xterm.css:xterm/xterm.css \
	@xterm/xterm/LICENSE:xterm/LICENSE @xterm/addon-fit/lib/addon-fit.mjs:xterm/addon-fit.mjs \
	@novnc/novnc/core:novnc/core @novnc/novnc/vendor:novnc/vendor @novnc/novnc/LICENSE.txt:novnc/LICENSE

.PHONY: web web-run web-files
web:
	tools/install-deps web
	$(MAKE) --no-print-directory all
	$(MAKE) --no-print-directory web-files

# Made anew as a whole: that takes no time, and nothing old is left.
web-files:
	$(call say,WEB,$(WEB))
	rm -rf $(WEB)
	mkdir -p $(WEB)/files $(WEB)/vendor/v86 $(WEB)/vendor/xterm $(WEB)/vendor/novnc
	for f in $(patsubst web/%,%,$(WEB_OWN)); do mkdir -p $(WEB)/$$(dirname $$f) && cp web/$$f $(WEB)/$$f; done
	for p in $(WEB_PARTS); do cp -r $(WEB_MODULES)/$${p%%:*} $(WEB)/vendor/$${p#*:}; done
	cp $(IMAGE) $(BUILD)/demo.tar $(addprefix $(GUEST_BUILD)/,$(WEB_GUESTS)) $(WEB)/files/
	cp COPYING $(WEB)/
	find $(WEB) -type f -exec chmod 644 {} +

WEB_PORT := 8000
web-run: web
	echo 'http://127.0.0.1:$(WEB_PORT)/ (Ctrl-C ends it)'
	python3 -m http.server --bind 127.0.0.1 --directory $(WEB) $(WEB_PORT)
