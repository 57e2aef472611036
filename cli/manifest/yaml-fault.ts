import type { ErrorCode } from 'yaml';

/** What the parser's codes mean. Its own sentences quote the text, and that may be a secret. */
const FACTS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) has neither an anchor nor a tag',
  BAD_ALIAS: 'an alias (*name) has to come after its anchor (&name)',
  BAD_COLLECTION_TYPE: 'the tag is not one of a list or map',
  BAD_DIRECTIVE: 'a directive (%) is malformed',
  BAD_DQ_ESCAPE: 'there is no such escape in a text in double quotes; double the backslash',
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BAD_PROP_ORDER: 'anchors and tags come before what they belong to',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it into quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there are two colons where one is expected; put the text into quotes',
  BLOCK_IN_FLOW: 'inside brackets there are only brackets and texts',
  DUPLICATE_KEY: 'the key stands twice',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing, such as a closing quote, a bracket, a colon or a space',
  MULTILINE_IMPLICIT_KEY: 'a key is to be on one line; is a colon missing, or a quote?',
  MULTIPLE_ANCHORS: 'there are two anchors (&name) where one is expected',
  MULTIPLE_DOCS: 'there is another document',
  MULTIPLE_TAGS: 'there are two tags (!name) where one is expected',
  NON_STRING_KEY: 'a key is to be a text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'what is tagged (!name) does not fit its tag',
  UNEXPECTED_TOKEN: 'this is not expected here',
};

/** A syntax error for the person who made it. */
export const describeYamlFault = (code: ErrorCode): string => `This is no YAML: ${FACTS[code]}`;
