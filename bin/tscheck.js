#!/usr/bin/env node

require('../dist/tscheck.cjs');
