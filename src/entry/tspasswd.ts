/** tspasswd is part of the package from the start, so that its name is taken; it says that it is still to come. */
process.stderr.write('Error: tspasswd is not available in this version.\n');
process.exitCode = 1;
