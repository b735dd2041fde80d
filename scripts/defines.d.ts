// The build replaces these names in load-compiled.cjs (addFile in build.mjs).
declare const ID: string;
declare const UP: string;
declare const SHARED: string[];
declare const NEEDED: string;
