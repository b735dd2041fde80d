#!/usr/bin/env node

require('../dist/tspasswd.cjs');
