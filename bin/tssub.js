#!/usr/bin/env node

require('../dist/tssub.cjs');
