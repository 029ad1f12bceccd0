// The windows of the .msi package: the choice of PATH, the question before a downgrade, the progress, the end. Nothing of
// this is seen when msiexec is silent.
//
// Windows Installer has no dialogs of its own: each is a row of `Dialog` and rows of `Control`, in units of a twelfth of the
// system font's height. Source: https://learn.microsoft.com/windows/win32/msi/user-interface-reference

import type { PackageInfo } from '../../build/types.ts';
import { displayNames } from './installation.ts';
import { create, insert, type Row } from './msi-query.ts';

/** Bits of `Dialog.Attributes`. */
const DIALOG = { VISIBLE: 1, MODAL: 2, MINIMIZE: 4 } as const;
const modal = DIALOG.VISIBLE + DIALOG.MODAL + DIALOG.MINIMIZE;

/** Bits of `Control.Attributes`. */
const CONTROL = {
  VISIBLE: 1,
  ENABLED: 2,
  PROGRESS_95: 0x10000,
  TRANSPARENT: 0x10000,
  NO_PREFIX: 0x20000,
} as const;
const active = CONTROL.VISIBLE + CONTROL.ENABLED;
const plainText = active + CONTROL.TRANSPARENT + CONTROL.NO_PREFIX;

const [width, height] = [370, 150];

/** What a button does: event, argument, condition. */
type Effect = readonly [event: string, argument: string, when: string];

interface Button {
  readonly name: string;
  readonly text: string;
  readonly effects: readonly Effect[];
}

const leave: readonly Effect[] = [['EndDialog', 'Exit', '1']];
const goOn: readonly Effect[] = [['EndDialog', 'Return', '1']];

interface DialogSpec {
  readonly name: string;
  /** Place in the sequence; negative ones are shown at the end: done, cancelled, failed. */
  readonly sequence: number;
  readonly when: string;
  readonly text: string;
  /** From left to right; Enter presses the first, Escape the one that only leaves. */
  readonly buttons: readonly Button[];
}

/** Answers the queries, in the order that they must run in. */
export function dialogQueries(info: PackageInfo): string[] {
  const { name } = displayNames(info);
  return [
    ...tables,
    insert('TextStyle', { TextStyle: 'Plain', FaceName: 'Tahoma', Size: 8 }),
    insert('Property', { Property: 'DefaultUIFont', Value: 'Plain' }),
    ...dialogs(info).flatMap((spec) => dialogRows(spec, name)),
    ...pathChoice(),
    ...progressRows(name),
    ...sequence,
  ];
}

const text = (length: number) => `CHAR(${length})`;
const tables: readonly string[] = [
  create(
    'Dialog',
    [
      ['Dialog', `${text(72)} NOT NULL`],
      ...(['HCentering', 'VCentering', 'Width', 'Height'] as const).map(
        (name) => [name, 'INT NOT NULL'] as const,
      ),
      ['Attributes', 'LONG'],
      ['Title', `${text(128)} LOCALIZABLE`],
      ['Control_First', `${text(50)} NOT NULL`],
      ['Control_Default', text(50)],
      ['Control_Cancel', text(50)],
    ],
    1,
  ),
  create(
    'Control',
    [
      ['Dialog_', `${text(72)} NOT NULL`],
      ['Control', `${text(50)} NOT NULL`],
      ['Type', `${text(20)} NOT NULL`],
      ...(['X', 'Y', 'Width', 'Height'] as const).map((name) => [name, 'INT NOT NULL'] as const),
      ['Attributes', 'LONG'],
      ['Property', text(50)],
      ['Text', `${text(0)} LOCALIZABLE`],
      ['Control_Next', text(50)],
      ['Help', `${text(50)} LOCALIZABLE`],
    ],
    2,
  ),
  create(
    'ControlEvent',
    [
      ['Dialog_', `${text(72)} NOT NULL`],
      ['Control_', `${text(50)} NOT NULL`],
      ['Event', `${text(50)} NOT NULL`],
      ['Argument', `${text(255)} NOT NULL`],
      ['Condition', text(255)],
      ['Ordering', 'INT'],
    ],
    5,
  ),
  create(
    'EventMapping',
    [
      ['Dialog_', `${text(72)} NOT NULL`],
      ['Control_', `${text(50)} NOT NULL`],
      ['Event', `${text(50)} NOT NULL`],
      ['Attribute', `${text(50)} NOT NULL`],
    ],
    3,
  ),
  create(
    'CheckBox',
    [
      ['Property', `${text(72)} NOT NULL`],
      ['Value', text(64)],
    ],
    1,
  ),
  create(
    'TextStyle',
    [
      ['TextStyle', `${text(72)} NOT NULL`],
      ['FaceName', `${text(32)} NOT NULL`],
      ['Size', 'INT NOT NULL'],
      ['Color', 'LONG'],
      ['StyleBits', 'INT'],
    ],
    1,
  ),
];

function dialogs({ name, licence }: PackageInfo): readonly DialogSpec[] {
  const finish = (effects: readonly Effect[]): readonly Button[] => [
    { name: 'Finish', text: '&Finish', effects },
  ];
  return [
    {
      name: 'DowngradeDialog',
      sequence: 1210,
      when: 'NEWERFOUND AND NOT (ALLOWDOWNGRADE="1") AND NOT Installed',
      text: 'A newer version is installed. Replace it by the version of this package?',
      buttons: [
        { name: 'No', text: '&No', effects: leave },
        { name: 'Yes', text: '&Yes', effects: [['[ALLOWDOWNGRADE]', '1', '1'], ...goOn] },
      ],
    },
    {
      name: 'WelcomeDialog',
      sequence: 1230,
      when: 'NOT Installed',
      text: `This installs ${name} below [ProgramFiles64Folder]. Licences: ${licence}; their texts are installed in share\\doc\\licences.`,
      buttons: [
        {
          name: 'Install',
          text: '&Install',
          effects: [['[ADDTOPATH]', '0', 'NOT ADDTOPATH'], ...goOn],
        },
        { name: 'Cancel', text: 'Cancel', effects: leave },
      ],
    },
    {
      name: 'DoneDialog',
      sequence: -1,
      when: '',
      text: 'Done.',
      buttons: finish(goOn),
    },
    {
      name: 'CancelledDialog',
      sequence: -2,
      when: '',
      text: 'You cancelled before it was done. Nothing was changed.',
      buttons: finish(leave),
    },
    {
      name: 'FailedDialog',
      sequence: -3,
      when: '',
      text: 'It could not be done, for the reason that was shown before. Nothing was changed.',
      buttons: finish(leave),
    },
  ];
}

function dialogRows(
  { name, sequence: place, when, text: message, buttons }: DialogSpec,
  title: string,
): string[] {
  const first = buttons[0]?.name ?? '';
  const cancel = buttons.find(({ effects }) => effects === leave)?.name ?? first;
  const words = {
    Dialog_: name,
    Control: 'Message',
    Type: 'Text',
    X: 15,
    Y: 15,
    Width: width - 30,
    Height: 60,
  };
  return [
    dialog(name, modal, title, first, cancel),
    insert('Control', { ...words, Attributes: plainText, Text: message }),
    ...buttons.flatMap((button, index) => buttonRows(name, button, index, buttons)),
    insert('InstallUISequence', { Action: name, Condition: when, Sequence: place }),
  ];
}

function dialog(name: string, attributes: number, title: string, first: string, cancel: string): string {
  const place = { HCentering: 50, VCentering: 50, Width: width, Height: height };
  return insert('Dialog', {
    ...{ Dialog: name, ...place, Attributes: attributes, Title: title },
    ...{ Control_First: first, Control_Default: first, Control_Cancel: cancel },
  });
}

function buttonRows(name: string, button: Button, index: number, all: readonly Button[]): string[] {
  const place: Row = { X: width - 71 - 65 * (all.length - 1 - index), Y: height - 42, Width: 56, Height: 17 };
  const next = all.length > 1 ? (all[(index + 1) % all.length]?.name ?? null) : null;
  const row = { Dialog_: name, Control: button.name, Type: 'PushButton', ...place };
  return [
    insert('Control', {
      ...row,
      Attributes: active,
      Text: button.text,
      Control_Next: nextOf(name, button, next),
    }),
    ...button.effects.map(([event, argument, when], order) =>
      insert('ControlEvent', {
        ...{ Dialog_: name, Control_: button.name, Event: event },
        ...{ Argument: argument, Condition: when, Ordering: order + 1 },
      }),
    ),
  ];
}

/** The tab key goes from the last button to the choice of PATH, where there is one, and from there to the first button. */
function nextOf(name: string, button: Button, next: string | null): string | null {
  return name === 'WelcomeDialog' && button.name === 'Cancel' ? 'Path' : next;
}

function pathChoice(): string[] {
  const place: Row = { X: 15, Y: 80, Width: width - 30, Height: 17 };
  return [
    insert('CheckBox', { Property: 'ADDTOPATH', Value: '1' }),
    insert('Control', {
      ...{ Dialog_: 'WelcomeDialog', Control: 'Path', Type: 'CheckBox', ...place, Attributes: active },
      ...{ Property: 'ADDTOPATH', Text: '&Add the command to PATH', Control_Next: 'Install' },
    }),
  ];
}

/** Stays while the others come and go: it is not modal. */
function progressRows(title: string): string[] {
  const name = 'ProgressDialog';
  const at = (y: number): Row => ({ X: 15, Y: y, Width: width - 30, Height: 12 });
  const cancel: Button = { name: 'Cancel', text: 'Cancel', effects: leave };
  const map = (control: string, event: string, attribute: string) =>
    insert('EventMapping', { Dialog_: name, Control_: control, Event: event, Attribute: attribute });
  return [
    dialog(name, DIALOG.VISIBLE + DIALOG.MINIMIZE, title, 'Cancel', 'Cancel'),
    insert('Control', { Dialog_: name, Control: 'Action', Type: 'Text', ...at(30), Attributes: plainText }),
    insert('Control', {
      ...{ Dialog_: name, Control: 'Progress', Type: 'ProgressBar', ...at(50) },
      Attributes: CONTROL.VISIBLE + CONTROL.PROGRESS_95,
    }),
    ...buttonRows(name, cancel, 0, [cancel]),
    map('Action', 'ActionText', 'Text'),
    map('Progress', 'SetProgress', 'Progress'),
    insert('InstallUISequence', { Action: name, Condition: '', Sequence: 1280 }),
  ];
}

/** What is asked and set before the first window: the same checks as without windows, and what was chosen earlier. */
const sequence: readonly string[] = [
  ['FindRelatedProducts', '', 25],
  ['AppSearch', '', 50],
  ['LaunchConditions', '', 100],
  ['RefuseOtherInstaller', 'INSTALLEDBY="exe" AND NOT Installed', 110],
  ['CheckFolder', 'NOT (REMOVE="ALL")', 120],
  ['RememberPath', 'REMEMBEREDPATH AND NOT ADDTOPATH', 1220],
].map(([Action = '', Condition = '', Sequence = 0]) =>
  insert('InstallUISequence', { Action, Condition, Sequence }),
);
