#!/usr/bin/env node

require('../dist/tsspool.cjs');
