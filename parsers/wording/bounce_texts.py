"""Texts of bounces, delay notices and delivery reports, in all languages of the servers that write them."""

from parsers.wording import Wording
from parsers.wording.english_bounces import ENGLISH

BOUNCE_TEXTS = Wording(
    *ENGLISH,
    # German
    (
        r"nicht (?:zugestellt|ausgeliefert)",
        "Die E-Mail wurde nicht zugestellt",
        "Die E-Mail wurde nicht ausgeliefert",
    ),
    (r"konnten? nicht .{1,40} werden", "konnte nicht an bob@isp.example übermittelt werden"),
    (r"konnte.{1,60} nicht erreichen", "konnte folgende(n) Empfänger nicht erreichen:"),
    (r"unzustellbar", "Ihre Nachricht ist unzustellbar"),
    (r"fehler bei der nachrichtenzustellung", "Fehler bei der Nachrichtenzustellung an folgende Empfänger"),
    # Dutch
    (r"kon niet worden", "Uw bericht kon niet worden bezorgd."),
    (r"niet bereikt", "heeft de volgende geadresseerde(n) niet bereikt:"),
    (r"bezorging aan .{1,60} mislukt", "Bezorging aan deze geadresseerden of groepen is mislukt:"),
    # Swedish, Danish, Norwegian
    (r"kunde inte levereras", "Ditt meddelande kunde inte levereras till mottagaren."),
    (r"nådde inte", "nådde inte följande mottagare:"),
    (r"leverans till .{1,60} misslyckades", "Leverans till dessa mottagare eller grupper misslyckades:"),
    (r"kunne ikke leveres", "Din meddelelse kunne ikke leveres."),
    (r"nåede ikke", "nåede ikke følgende modtager(e):"),
    (r"nådde ikke", "nådde ikke følgende mottaker(e):"),
    (
        r"levering(?:en)? til .{1,60} misly(?:kkedes|ktes)",
        "Levering til disse modtagere eller grupper mislykkedes:",
        "Leveringen til disse mottakerne eller gruppene mislyktes:",
    ),
    # Finnish, Estonian, Lithuanian
    (r"ei voitu toimittaa", "Viestiäsi ei voitu toimittaa vastaanottajalle."),
    (r"ei tavoittanut", "Viesti ei tavoittanut seuraavia vastaanottajia:"),
    (r"toimitus .{1,60} epäonnistui", "Toimitus seuraaville vastaanottajille tai ryhmille epäonnistui:"),
    (r"ei saanud .{0,20}edastada", "Kirja ei saanud edastada"),
    (r"edastamine ei õnnestunud", "Kirja edastamine ei õnnestunud"),
    (r"ei olnud võimalik .{0,20}toimetada", "Teie kirja ei olnud võimalik kohale toimetada."),
    (r"kätte toimetada", "Kirja polnud võimalik kätte toimetada"),
    (r"kättetoimetamine .{0,60}ebaõnnestus", "Kirja kättetoimetamine ebaõnnestus."),
    (r"kohaletoimetamine .{1,60} nurjus", "Kohaletoimetamine järgmistele adressaatidele nurjus:"),
    (r"nepavyko pristatyti", "Nepavyko pristatyti šiems gavėjams arba grupėms:"),
    # Polish, Czech
    (
        r"nie może być (?:doręczon|dostarczon)",
        "Wiadomość nie może być doręczona",
        "Wiadomość nie może być dostarczona",
    ),
    (
        r"nie można (?:doręczyć|dostarczyć)",
        "Nie można dostarczyć wiadomości",
        "Nie można doręczyć wiadomości",
    ),
    (
        r"nie (?:mogła zostać|została) dostarczona",
        "Twoja wiadomość nie mogła zostać dostarczona",
        "Wiadomość nie została dostarczona",
    ),
    (r"nie dotarła", "Wiadomość nie dotarła do następujących adresatów:"),
    (
        r"dostarczenie .{1,60}nie powiodło się",
        "Dostarczenie do następujących adresatów lub grup nie powiodło się:",
    ),
    (r"nelze doručit", "Vaši zprávu nelze doručit"),
    (r"nepodařilo doručit", "Zprávu se nepodařilo doručit"),
    (r"nedostala k", "Zpráva se nedostala k následujícím příjemcům:"),
    (r"doručení .{1,60}se nezdařilo", "Doručení následujícím příjemcům nebo skupinám se nezdařilo:"),
    # Hungarian, Romanian, Greek, Turkish, Hebrew
    (r"nem sikerült a kézbesítés", "Nem sikerült a kézbesítés a következő címzetteknek vagy csoportoknak:"),
    (r"livrarea .{1,60}nu a reușit", "Livrarea către acești destinatari sau grupuri nu a reușit:"),
    (r"παράδοση .{1,60} απέτυχε", "Η παράδοση σε αυτούς τους παραλήπτες ή τις ομάδες απέτυχε:"),
    (r"teslim edilemedi", "İletiniz teslim edilemedi"),
    (r"alıcılara ulaşmadı", "İletiniz aşağıdaki alıcılara ulaşmadı:"),
    (r"teslim başarısız", "Bu alıcılara veya gruplara teslim başarısız oldu:"),
    (r"המסירה .{1,60} נכשלה", "המסירה לנמענים או לקבוצות הבאים נכשלה:"),
    # Spanish
    (
        r"no se (?:pudo|ha podido) entregar",
        "No se pudo entregar el mensaje.",
        "No se ha podido entregar el mensaje.",
    ),
    (
        r"no (?:pudo|ha podido) (?:ser|entregarse)",
        "no pudo entregarse a los siguientes destinatarios:",
        "Su mensaje no ha podido ser entregado",
    ),
    (r"no ha sido entregado", "Su mensaje no ha sido entregado."),
    (r"no se entreg", "El mensaje no se entregó a los destinatarios"),
    (r"error al entregar", "Error al entregar a los siguientes destinatarios o grupos:"),
    (r"buz[óo]n.{1,20}lleno", "El buzón está lleno."),
    # French
    (
        r"n'(?:a|ont) (?:pas )?pu (?:être|etre)",
        "Le message n'a pas pu être remis.",
        "Les messages n'ont pas pu être remis",
        "Votre mail n'a pu etre remis",
    ),
    (
        r"n'(?:a|est) pas (?:été|parvenu)",
        "n'est pas parvenu au(x) destinataire(s) suivant(s) :",
        "n'a pas été distribué à :",
    ),
    (
        r"[ée]chec de (?:la )?remise",
        "Échec de la remise aux destinataires ou groupes suivants :",
        "Échec de remise",
    ),
    (r"non remis", "Message non remis"),
    (r"impossible de remettre", "Impossible de remettre le message"),
    # Italian
    (
        r"non è stato (?:possibile|consegnato)",
        "Il messaggio non è stato consegnato al destinatario",
        "Non è stato possibile recapitare il messaggio",
    ),
    (r"non ha raggiunto", "Il messaggio non ha raggiunto i seguenti destinatari:"),
    (r"recapito non riuscito", "Recapito non riuscito ai seguenti destinatari o gruppi:"),
    # Portuguese
    (
        r"n[ãa]o (?:foi|p[ôo]de) .{0,20}entreg",
        "A mensagem não pôde ser entregue",
        "Não foi possível entregar sua mensagem",
    ),
    (r"não alcançou", "não alcançou o(s) seguinte(s) destinatário(s):"),
    (r"falha na entrega", "Falha na entrega a estes destinatários ou grupos:"),
    # Russian, Ukrainian
    (
        r"не (?:может|могло) быть (?:доставлен|отправлен)",
        "Ваше письмо не может быть отправлено одному адресату",
        "Сообщение не могло быть доставлено",
    ),
    (r"не был[оа] доставлен", "Сообщение не было доставлено."),
    (r"не удалось (?:доставить|отправить)", "Не удалось доставить письмо.", "Не удалось отправить письмо."),
    (r"не доставлен", "Письмо не доставлено"),
    (r"не достигло", "Сообщение не достигло следующих получателей:"),
    (r"сбой доставки", "Сбой доставки следующим получателям или группам:"),
    (r"не вдалося доставити", "Не вдалося доставити повідомлення таким одержувачам або групам:"),
    # Chinese
    (r"(?:没有|沒有)(?:到达|傳送到)", "您的邮件没有到达以下收件人:", "您的郵件 沒有傳送到下列收件者:"),
    (r"无法(?:投递|送达|发送)", "邮件无法送达。", "邮件无法投递。", "邮件无法发送。"),
    (r"無法(?:傳|投|寄|送)", "無法傳遞給下列收件者", "無法投遞", "無法寄達", "無法送達"),
    (r"投递失败", "您的邮件投递失败。"),
    (r"退信", "退信原因："),
    (r"退回", "抱歉，您的邮件被退回来了……"),
    (r"未能(?:送达|向)", "未能向以下收件人或组传递邮件:", "邮件未能送达"),
    (r"傳遞至.{1,40}失敗", "傳遞至下列收件者或群組時失敗:"),
    # Japanese
    (
        r"配信(?:でき|され)ません",
        "次の受信者にメッセージを配信できませんでした:",
        "メールは配信されませんでした。",
    ),
    (r"配信に失敗", "次の受信者またはグループへの配信に失敗しました:"),
    (r"送信できません", "エラーのため送信できませんでした。"),
    (r"送信に失敗", "以下のメールアドレスへの送信に失敗しました。"),
    (
        r"届け(?:する|る)ことができません",
        "メールをお届けすることができませんでした。",
        "届けることができませんでした。",
    ),
    (
        r"配送(?:でき|することができ)ません",
        "メールを配送することができませんでした。",
        "メールを配送できませんでした。",
    ),
    (r"見つかりません", "メールアドレスが見つかりませんでした。"),
    # Korean
    (
        r"(?:전송|발송)되지 못",
        "메일이 정상적으로 발송되지 못했습니다.",
        "보내신 메일이 전송되지 못하였습니다.",
    ),
    (r"전송하지 못", "메일을 전송하지 못했습니다."),
    (
        r"배달(?:되지 않|하지 못)",
        "메시지가 다음 받는 사람에게 배달되지 않았습니다:",
        "다음 받는 사람 또는 그룹에 배달하지 못했습니다.",
    ),
)
"""Their white space is single blanks, their apostrophes are those of ASCII."""
