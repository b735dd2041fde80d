#!/usr/bin/env node

require('../dist/tsrr.cjs');
