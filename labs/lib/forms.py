# SPDX-License-Identifier: GPL-2.0-or-later
"""What labs/grade says, as text, as Gradescope's results.json and as JUnit's XML."""
import json
import os
import re
from xml.sax.saxutils import escape, quoteattr


def text_of(lab, result):
    test = result.test
    lines = ['%s %s %d/%d %s' % (lab.name, test.name, result.points, test.points, test.what)]
    if result.points < test.points:
        lines += ['    expected: ' + test.expect]
        lines += ['    seen:     ' + line for line in result.seen.split('\n')]
        lines += ['    read:     %s/README.md#%s' % (lab.folder, test.page), '    log:      ' + result.log]
        lines += ['    again:    ' + result.command] if result.command else []
    return '\n'.join(lines)


def results_json(lab, results, notes, total):
    tests = [{
        'name': '%s %s' % (lab.name, result.test.name),
        'score': result.points,
        'max_score': result.test.points,
        'status': 'passed' if result.points == result.test.points else 'failed',
        'output': text_of(lab, result),
        'visibility': 'visible',
    } for result in results]
    return json.dumps({'score': total, 'output': '\n'.join(notes), 'tests': tests}, indent=1) + '\n'


def printable(text):
    return re.sub('[^\t\n\x20-\ud7ff\ue000-\ufffd]', '?', text)


def junit_xml(lab, results):
    failed = sum(1 for result in results if result.points < result.test.points)
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           '<testsuite name="%s" tests="%d" failures="%d">' % (lab.name, len(results), failed)]
    for result in results:
        case = '  <testcase classname="%s" name="%s"' % (lab.name, result.test.name)
        if result.points == result.test.points:
            out.append(case + '/>')
            continue
        text = printable(text_of(lab, result))
        out += [case + '>', '    <failure message=%s>%s</failure>' % (
            quoteattr('%d of %d points' % (result.points, result.test.points)), escape(text)), '  </testcase>']
    return '\n'.join(out + ['</testsuite>']) + '\n'


def write(folder, lab, results, notes, total):
    contents = {
        'grade.txt': '\n'.join(notes + [text_of(lab, result) for result in results]) + '\n',
        'results.json': results_json(lab, results, notes, total),
        'junit.xml': junit_xml(lab, results),
    }
    for name, text in contents.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8', newline='\n') as f:
            f.write(text)
