#!/usr/bin/env node

require('../dist/tspub.cjs');
